//! Errors of `sso-credentials`: kind and hint of each.

use shell_words::quote;
use sso_credentials::{
    Error, KmsProblem, OidcError, PortalError, ProcessError, SsoSession, StartUrlError, StsError,
    TransportError,
};

use super::hint::Hint;
use super::{Failure, FailureKind};

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (kind, hint) = classify(&error);
        let mut failure = Self::new(kind, error);
        failure.hints.extend(hint);
        failure
    }
}

fn classify(error: &Error) -> (FailureKind, Option<Hint>) {
    use FailureKind::{Configuration, Other, Service, Usage};
    match error {
        Error::SignInRequired { .. }
        | Error::NoHome { .. }
        | Error::ReadConfig { .. }
        | Error::ConfigSyntax { .. }
        | Error::EditConfig { .. }
        | Error::ConfigChanged { .. }
        | Error::ReadOnlyConfig { .. }
        | Error::LockConfig(_)
        | Error::WriteConfig(_)
        | Error::MakeHistory { .. }
        | Error::NothingToUndo { .. }
        | Error::ReadHistory { .. }
        | Error::ReadOwn(_)
        | Error::UnknownProfile { .. }
        | Error::UnknownSourceProfile { .. }
        | Error::NoCredentials { .. }
        | Error::Unsupported { .. }
        | Error::Circle { .. }
        | Error::MfaRequired { .. }
        | Error::UnknownSession { .. }
        | Error::UnknownServices { .. }
        | Error::NotSso { .. }
        | Error::MissingKeys { .. }
        | Error::Inconsistent { .. }
        | Error::InvalidRegion { .. }
        | Error::InvalidSetting { .. }
        | Error::Preferred { .. }
        | Error::Endpoint(_)
        | Error::Cache(_) => (Configuration, configuration_hint(error)),
        Error::RoleRefused { .. } => {
            let hint = "compare sso_account_id and sso_role_name with what the access portal lists";
            (Service, Some(hint.into()))
        }
        Error::NoRole => (Usage, Some("leave --duration out".into())),
        Error::CredentialProcess { source, .. } => classify_process(source),
        Error::AssumeRole {
            profile, source, ..
        } => classify_sts(profile.as_str(), source),
        Error::Oidc { source, .. } => classify_oidc(source),
        Error::StartUrl { source, .. } => {
            let hint = start_url_hint(source);
            (Configuration, Some(hint.into()))
        }
        Error::NoRegion { .. } => {
            let hint = "name its Region with --sso-region";
            (Configuration, Some(hint.into()))
        }
        Error::UnknownStartUrl { .. } => {
            let hint =
                "check sso_start_url and sso_region: the settings of IAM Identity Center show both";
            (Service, Some(hint.into()))
        }
        Error::Listen { port: Some(_), .. } => {
            let hint = "end the program that has the port, or choose another with --redirect-port";
            (Other, Some(hint.into()))
        }
        Error::Portal { source, .. } => classify_portal(source),
        Error::ClockOff { source, .. } => {
            let hint = "set the clock of this machine";
            (classify(source).0, Some(hint.into()))
        }
        Error::AuthorizationRefused { error, .. } => {
            let hint = (error == "invalid_scope").then_some(SCOPES_HINT);
            (Service, hint.map(Hint::from))
        }
        Error::NotApproved { .. } => (Other, Some("start again".into())),
        _ => (Other, None),
    }
}

fn configuration_hint(error: &Error) -> Option<Hint> {
    match error {
        Error::SignInRequired { session, .. } => Some(Hint::SignIn(sign_in_arguments(session))),
        Error::MfaRequired { profile, .. } => Some(Hint::Credentials(format!(
            " --profile {}, on a terminal; what it gets is cached",
            quote(profile.as_str())
        ))),
        _ => configuration_fix(error).map(Hint::Text),
    }
}

/// Returns the edit or the action that fixes the configuration.
fn configuration_fix(error: &Error) -> Option<String> {
    Some(match error {
        Error::UnknownProfile { profile, config } => format!(
            "add {} to {}, or choose another with --profile",
            profile_header(profile.as_str()),
            config.display()
        ),
        Error::UnknownSourceProfile { profile, .. } => format!(
            "add {}, or let source_profile name another",
            profile_header(profile.as_str())
        ),
        Error::NoCredentials { profile, .. } => format!(
            "add sso_session, sso_account_id and sso_role_name to {}, or choose another with --profile",
            profile_header(profile.as_str())
        ),
        Error::Unsupported { profile, .. } => format!(
            "the AWS CLI can: aws configure export-credentials --profile {}",
            quote(profile.as_str())
        ),
        Error::Circle { .. } => {
            "let the source_profile or the credential_process of one of them lead elsewhere"
                .to_owned()
        }
        Error::UnknownSession { session, .. } => format!(
            "add [sso-session {}] with sso_start_url and sso_region to the config file",
            quote(session.as_str())
        ),
        Error::NotSso { .. } => "name its [sso-session] as sso_session in the profile".to_owned(),
        Error::MissingKeys { section, keys, .. } => {
            format!("add {} below [{section}]", keys.join(" and "))
        }
        Error::Inconsistent { key, profile, .. } => {
            format!("remove {key} at {profile}; the session's counts")
        }
        Error::InvalidRegion { place, .. } => format!(
            "write a Region such as us-east-1 in line {} of {}",
            place.line,
            place.path.display()
        ),
        Error::ReadOnlyConfig { path } => {
            let path = path.display().to_string();
            format!("if it may be changed: chmod u+w {}", quote(&path))
        }
        Error::ConfigChanged { .. } => "look at what has changed, and start again".to_owned(),
        Error::Preferred { .. } => {
            "leave --serve out: the command gets the credentials as variables".to_owned()
        }
        Error::ConfigSyntax { place, .. } => {
            format!("mend line {} of {}", place.line, place.path.display())
        }
        _ => return None,
    })
}

/// Names are quoted in the config file as in a shell.
fn profile_header(name: &str) -> String {
    match name {
        "default" => "[default]".to_owned(),
        name => format!("[profile {}]", quote(name)),
    }
}

fn sign_in_arguments(session: &SsoSession) -> String {
    match (&session.profile, &session.name) {
        (Some(profile), _) => format!(" --profile {}", quote(profile.as_str())),
        (None, Some(name)) => format!(" --sso-session {}", quote(name.as_str())),
        (None, None) => String::new(),
    }
}

fn classify_oidc(error: &OidcError) -> (FailureKind, Option<Hint>) {
    if let Some(problem) = error.kms_problem() {
        return (FailureKind::Service, Some(key_hint(problem).into()));
    }
    match error {
        OidcError::Transport(error) => classify_transport(error),
        OidcError::InvalidRequest(_) => {
            let hint = "check sso_start_url and sso_region";
            (FailureKind::Service, Some(hint.into()))
        }
        OidcError::InvalidScope(_) => (FailureKind::Service, Some(SCOPES_HINT.into())),
        OidcError::Random(_) => (FailureKind::Other, None),
        _ => (FailureKind::Service, None),
    }
}

const SCOPES_HINT: &str = "check sso_registration_scopes";

fn key_hint(problem: KmsProblem) -> String {
    let what = match problem {
        KmsProblem::AccessDenied => "IAM Identity Center may not use its encryption key",
        KmsProblem::NotFound => "the encryption key of IAM Identity Center does not exist",
        KmsProblem::InvalidKeyUsage => "the encryption key of IAM Identity Center is no such key",
        KmsProblem::InvalidState => "the encryption key of IAM Identity Center is not ready",
        KmsProblem::Disabled => "the encryption key of IAM Identity Center is disabled",
        _ => "the encryption key of IAM Identity Center cannot be used",
    };
    format!("{what}: only the administrators of your organisation can mend that")
}

fn start_url_hint(error: &StartUrlError) -> &'static str {
    match error {
        StartUrlError::NoUrl => "write it as in https://my-portal.awsapps.com/start",
        StartUrlError::Foreign { .. } => {
            "if that is right, agree at a terminal; else ask for the start URL of your organisation"
        }
        _ => "check it, or name its Region with --sso-region to do without the look-up",
    }
}

fn classify_process(error: &ProcessError) -> (FailureKind, Option<Hint>) {
    match error {
        ProcessError::NoCommand => (
            FailureKind::Configuration,
            Some("close the quotes, and name a program".into()),
        ),
        ProcessError::NotRun { .. } => (
            FailureKind::Configuration,
            Some("name the program with its whole path; no shell looks at the line".into()),
        ),
        // By this status, the AWS CLI and these programs say so.
        ProcessError::Failed { status, .. }
            if status.code() == Some(FailureKind::Configuration.exit_status().into()) =>
        {
            (FailureKind::Configuration, None)
        }
        _ => (FailureKind::Other, None),
    }
}

fn classify_sts(profile: &str, error: &StsError) -> (FailureKind, Option<Hint>) {
    let hint = match error {
        StsError::Transport(error) => return classify_transport(error),
        StsError::AccessDenied(_) => format!(
            "compare role_arn, source_profile, external_id and mfa_serial of {} with whom the role trusts",
            profile_header(profile)
        ),
        StsError::InvalidKeys(_) | StsError::MalformedKeys => format!(
            "look at the keys of the source_profile of {}",
            profile_header(profile)
        ),
        StsError::RegionDisabled(_) => "choose another region, or let it be enabled".to_owned(),
        StsError::Throttled(_) => "try again in a minute".to_owned(),
        _ => return (FailureKind::Service, None),
    };
    (FailureKind::Service, Some(hint.into()))
}

fn classify_portal(error: &PortalError) -> (FailureKind, Option<Hint>) {
    match error {
        PortalError::Transport(error) => classify_transport(error),
        PortalError::TooManyRequests(_) => {
            (FailureKind::Service, Some("try again in a minute".into()))
        }
        _ => (FailureKind::Service, None),
    }
}

fn classify_transport(error: &TransportError) -> (FailureKind, Option<Hint>) {
    let hint = match error {
        TransportError::Dns { .. }
        | TransportError::Refused { .. }
        | TransportError::Connect { .. }
        | TransportError::ConnectTimeout { .. }
        | TransportError::ReadTimeout { .. } => {
            "check the network, sso_region, and whether a proxy is needed (HTTPS_PROXY)"
        }
        TransportError::Tls { .. } => {
            "where a proxy reads along, name its certificates with --ca-bundle"
        }
        TransportError::Proxy { .. } => "check HTTPS_PROXY and NO_PROXY",
        TransportError::NotUnderstood { .. } | TransportError::Redirect { .. } => {
            "a network that wants a log-in of its own may have answered: open any page in a browser"
        }
        _ => return (kind_of(error), None),
    };
    (kind_of(error), Some(hint.into()))
}

fn kind_of(error: &TransportError) -> FailureKind {
    if error.is_misconfiguration() {
        FailureKind::Configuration
    } else {
        FailureKind::Other
    }
}
