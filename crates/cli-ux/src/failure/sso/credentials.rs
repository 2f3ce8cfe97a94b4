//! Kinds and hints for the errors of credentials.

use shell_words::quote;
use sso_credentials::{Error, ProcessError, StsError};

use super::config::profile_header;
use super::{Advice, cache, config, session};
use crate::failure::FailureKind;
use crate::failure::hint::Hint;

pub(super) fn advice(error: &Error) -> Advice {
    use FailureKind::{Configuration, Other, Service};
    match error {
        Error::Config(error) => config::advice(error),
        Error::Session(error) => session::advice(error),
        Error::Cache(error) => (Configuration, cache::hint(error).map(Hint::from)),
        Error::MfaRequired { profile, .. } => {
            let hint = Hint::Credentials(format!(" --profile {}", quote(profile.as_str())));
            (Configuration, Some(hint))
        }
        Error::RoleRefused { .. } => {
            let hint = "compare sso_account_id and sso_role_name with the access portal";
            (Service, Some(hint.into()))
        }
        Error::CredentialProcess { source, .. } => process(source),
        Error::AssumeRole {
            profile, source, ..
        } => sts(profile.as_str(), source),
        Error::ClockOff { source, .. } => (advice(source).0, Some(session::CLOCK_HINT.into())),
        _ => (Other, None),
    }
}

fn process(error: &ProcessError) -> Advice {
    match error {
        ProcessError::NotRun { .. } => (
            FailureKind::Configuration,
            Some(
                "use the full path of the program in credential_process; it is not run by a shell"
                    .into(),
            ),
        ),
        // The AWS CLI and the programs of this repository use this status for configuration errors.
        ProcessError::Failed { status, .. }
            if status.code() == Some(FailureKind::Configuration.exit_status().into()) =>
        {
            (FailureKind::Configuration, None)
        }
        _ => (FailureKind::Other, None),
    }
}

fn sts(profile: &str, error: &StsError) -> Advice {
    let hint = match error {
        StsError::Transport(error) => return session::transport(error),
        StsError::AccessDenied(_) => format!(
            "compare role_arn, source_profile, external_id and mfa_serial of {} with the role's trust policy",
            profile_header(profile)
        ),
        StsError::InvalidKeys(_) | StsError::MalformedKeys => format!(
            "check the access keys of the source_profile of {}",
            profile_header(profile)
        ),
        StsError::RegionDisabled(_) => {
            "select another Region, or enable this Region in the account".to_owned()
        }
        StsError::Throttled(_) => "try again in a minute".to_owned(),
        _ => return (FailureKind::Service, None),
    };
    (FailureKind::Service, Some(hint.into()))
}
