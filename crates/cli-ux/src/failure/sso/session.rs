//! Errors of a session: its token, the sign-in, and the services.

use shell_words::quote;
use sso_config::SsoSession;
use sso_session::{Error, KmsProblem, OidcError, PortalError, StartUrlError, TransportError};

use super::{Advice, config};
use crate::failure::FailureKind;
use crate::failure::hint::Hint;

pub(super) fn advice(error: &Error) -> Advice {
    use FailureKind::{Configuration, Other, Service};
    match error {
        Error::Config(error) => config::advice(error),
        Error::SignInRequired { session, .. } => (
            Configuration,
            Some(Hint::SignIn(sign_in_arguments(session))),
        ),
        Error::Endpoint(_) | Error::Cache(_) => (Configuration, None),
        Error::Oidc { source, .. } => oidc(source),
        Error::Portal { source, .. } => portal(source),
        Error::StartUrl { source, .. } => (Configuration, Some(start_url_hint(source).into())),
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
        Error::ClockOff { source, .. } => (advice(source).0, Some(CLOCK_HINT.into())),
        Error::AuthorizationRefused { error, .. } => {
            let hint = (error == "invalid_scope").then_some(SCOPES_HINT);
            (Service, hint.map(Hint::from))
        }
        Error::NotApproved { .. } => (Other, Some("start again".into())),
        _ => (Other, None),
    }
}

pub(super) const CLOCK_HINT: &str = "set the clock of this machine";

fn sign_in_arguments(session: &SsoSession) -> String {
    match (&session.profile, &session.name) {
        (Some(profile), _) => format!(" --profile {}", quote(profile.as_str())),
        (None, Some(name)) => format!(" --sso-session {}", quote(name.as_str())),
        (None, None) => String::new(),
    }
}

fn oidc(error: &OidcError) -> Advice {
    if let Some(problem) = error.kms_problem() {
        return (FailureKind::Service, Some(key_hint(problem).into()));
    }
    match error {
        OidcError::Transport(error) => transport(error),
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
    let problem_text = match problem {
        KmsProblem::AccessDenied => "IAM Identity Center may not use its encryption key",
        KmsProblem::NotFound => "the encryption key of IAM Identity Center does not exist",
        KmsProblem::InvalidKeyUsage => "the encryption key of IAM Identity Center is no such key",
        KmsProblem::InvalidState => "the encryption key of IAM Identity Center is not ready",
        KmsProblem::Disabled => "the encryption key of IAM Identity Center is disabled",
        _ => "the encryption key of IAM Identity Center cannot be used",
    };
    format!("{problem_text}: only the administrators of your organisation can mend that")
}

fn start_url_hint(error: &StartUrlError) -> &'static str {
    match error {
        StartUrlError::InvalidUrl => "write it as in https://my-portal.awsapps.com/start",
        StartUrlError::UntrustedTarget { .. } => {
            "if that is right, agree at a terminal; else ask for the start URL of your organisation"
        }
        _ => "check it, or name its Region with --sso-region to do without the look-up",
    }
}

pub(super) fn portal(error: &PortalError) -> Advice {
    match error {
        PortalError::Transport(error) => transport(error),
        PortalError::TooManyRequests(_) => {
            (FailureKind::Service, Some("try again in a minute".into()))
        }
        _ => (FailureKind::Service, None),
    }
}

pub(super) fn transport(error: &TransportError) -> Advice {
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
