//! Kinds and hints for the errors of credentials.

use sso_config::process::ShellSyntax;
use sso_credentials::{
    AvailableAccess, Error, FederationError, KeysOrigin, ProcessError, RoleRefusal, ServiceError,
    StsError,
};

use super::config::profile_header;
use super::session::sign_in_arguments;
use super::{Advice, cache, config, session};
use crate::command_line::Arguments;
use crate::failure::FailureKind;
use crate::failure::hint::{Hint, Related};

/// Maximum number of roles or accounts in a hint.
const MAX_LISTED: usize = 10;

const UNASSIGNED_HINT: &str = "select another account, or ask your IAM Identity Center administrator to assign you to this one";

const LONG_TERM_KEYS_HINT: &str =
    "select a profile with a role: of an SSO session, or with role_arn and source_profile";

pub(super) fn advice(error: &Error) -> Advice {
    use FailureKind::{Configuration, Other, Service};
    match error {
        Error::Config(error) => config::advice(error),
        Error::Session(error) => session::advice(error),
        Error::Cache(error) => (Configuration, cache::hint(error)),
        Error::MfaRequired { profile, .. } => {
            let hint = Arguments::new().option("--profile", profile.as_str());
            (
                Configuration,
                Some(Hint::Related(Related::Credentials, hint)),
            )
        }
        Error::RoleRefused { refusal, .. } => (Service, Some(refusal_hint(refusal).into())),
        Error::CredentialProcess {
            shell_syntax,
            source,
            ..
        } => {
            let (kind, hint) = process(source);
            (kind, shell_syntax.as_ref().map(shell_syntax_hint).or(hint))
        }
        Error::AssumeRole { origin, source, .. } | Error::CallerIdentity { origin, source }
            if source.is_invalid_keys() =>
        {
            (Service, Some(keys_hint(origin)))
        }
        Error::CallerIdentity { source, .. } => sts(source),
        Error::AssumeRole {
            profile, source, ..
        } => assume_role(profile.as_str(), source),
        Error::Sts {
            source: StsError::Transport(error),
            ..
        } => session::transport(error),
        Error::Federation { source, .. } => federation(source),
        Error::LongTermKeys { .. } => (Configuration, Some(LONG_TERM_KEYS_HINT.into())),
        Error::AccountRoles { source, .. } if is_refusal(source) => {
            (Service, Some(UNASSIGNED_HINT.into()))
        }
        Error::ClockOff { source, .. } | Error::AccountRoles { source, .. } => advice(source),
        _ => (Other, None),
    }
}

/// Returns whether the access portal denies access.
fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::Session(sso_session::Error::Portal { source, .. }) if source.is_forbidden())
}

/// Returns the hint for a wrong clock, like [`session::clock_hint`].
pub(super) fn clock_hint(error: &Error) -> Option<Hint> {
    match error {
        Error::ClockOff { .. } => Some(session::CLOCK_HINT.into()),
        Error::Session(error) => session::clock_hint(error),
        Error::AccountRoles { source, .. } => clock_hint(source),
        _ => None,
    }
}

/// Returns the hints after that of [`advice`].
pub(super) fn more_hints(error: &Error) -> Vec<Hint> {
    let refusal = match error {
        Error::RoleRefused { refusal, .. } => refusal,
        Error::ClockOff { source, .. } => return more_hints(source),
        Error::Config(error) => return config::more_hints(error),
        Error::Session(error) => return session::more_hints(error),
        _ => return Vec::new(),
    };
    let RoleRefusal { session, .. } = &**refusal;
    let sign_in = sign_in_arguments(session).flag("--force");
    let new_session = Hint::RelatedStep(
        "after a new assignment, start a new access portal session:",
        Related::SignIn,
        sign_in.flag("--new-session"),
    );
    let list = session.name.as_ref().map(|name| {
        let arguments = Arguments::new().flag("accounts");
        let arguments = arguments.option("--sso-session", name.as_str());
        let arguments = arguments.flag("--refresh");
        Hint::RelatedStep("to list all roles:", Related::Configure, arguments)
    });
    [new_session].into_iter().chain(list).collect()
}

fn refusal_hint(refusal: &RoleRefusal) -> String {
    let RoleRefusal {
        account_id,
        session,
        available,
        ..
    } = refusal;
    let session = session.label();
    match available {
        AvailableAccess::Roles(roles) => {
            let names = listed(roles, ToString::to_string);
            format!("the roles of {session} in account {account_id} are {names}")
        }
        AvailableAccess::Accounts(accounts) if accounts.is_empty() => {
            format!(
                "{session} has access to no account; ask your administrator to assign you to one"
            )
        }
        AvailableAccess::Accounts(accounts) => {
            let names = listed(accounts, ToString::to_string);
            format!("{session} has no role in account {account_id}; its accounts are {names}")
        }
        _ => "compare sso_account_id and sso_role_name with the access portal".to_owned(),
    }
}

/// Returns the first entries, and the number of the others.
pub(super) fn listed<T>(entries: &[T], label: impl Fn(&T) -> String) -> String {
    let shown: Vec<_> = entries.iter().take(MAX_LISTED).map(label).collect();
    let shown = shown.join(", ");
    match entries.len().saturating_sub(MAX_LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn shell_syntax_hint(syntax: &ShellSyntax) -> Hint {
    format!(
        "its shell syntax ({syntax}) may be the reason: the SDKs for Go, Java, JavaScript and Rust run \
         the command in a shell, but the AWS CLI and boto3 do not; write it as {}",
        ShellSyntax::EQUIVALENT
    )
    .into()
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

/// Returns a hint for source credentials that STS has refused, although they were requested again.
fn keys_hint(origin: &KeysOrigin) -> Hint {
    match origin {
        KeysOrigin::Session(session) => {
            let sign_in = sign_in_arguments(session).flag("--force");
            let introduction = "start a new access portal session:";
            Hint::RelatedStep(introduction, Related::SignIn, sign_in.flag("--new-session"))
        }
        KeysOrigin::Static(location) => format!("check the access keys at {location}").into(),
        KeysOrigin::Process(location) => {
            format!("check the credentials of the credential_process at {location}").into()
        }
    }
}

fn assume_role(profile: &str, error: &StsError) -> Advice {
    let hint = match error {
        StsError::AccessDenied(_) => format!(
            "compare role_arn, source_profile, external_id and mfa_serial of {} with the role's trust policy",
            profile_header(profile)
        ),
        StsError::InvalidRequest(error) if says(error, "role chaining") => {
            "use at most 1h in --duration and 3600 in duration_seconds, the limit of STS for role chaining".to_owned()
        }
        StsError::InvalidRequest(error) if says(error, "MaxSessionDuration") => {
            "use a shorter duration in --duration and duration_seconds, up to the maximum session duration of the role".to_owned()
        }
        _ => return sts(error),
    };
    (FailureKind::Service, Some(hint.into()))
}

/// Returns the advice that does not depend on the operation.
fn sts(error: &StsError) -> Advice {
    let hint = match error {
        StsError::Transport(error) => return session::transport_without_sso(error),
        StsError::RegionDisabled(_) => {
            Some("select another Region, or enable this Region in the account".into())
        }
        _ => session::response_hint(error.service_error()),
    };
    (FailureKind::Service, hint)
}

fn federation(error: &FederationError) -> Advice {
    let hint = match error {
        FederationError::Transport(error) => return session::transport_without_sso(error),
        FederationError::Rejected(_) => Some(
            "check that the role still exists and that its sessions have not been revoked".into(),
        ),
        _ => session::response_hint(error.service_error()),
    };
    (FailureKind::Service, hint)
}

fn says(error: &ServiceError, text: &str) -> bool {
    let message = error.message.as_deref();
    message.is_some_and(|message| message.contains(text))
}
