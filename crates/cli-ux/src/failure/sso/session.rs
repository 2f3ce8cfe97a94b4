//! Kinds and hints for the errors of a session: its token, the sign-in, and the services.

use std::io::ErrorKind;
use std::time::Duration;

use sso_config::SsoSession;
use sso_credentials::ServiceError;
use sso_session::{
    Error, KmsProblem, OidcError, PortalError, ProxyProblem, SignInReason, StartUrlError,
    TransportError,
};
use sso_types::at_least;

use super::{Advice, cache, config};
use crate::command_line::Arguments;
use crate::failure::FailureKind;
use crate::failure::hint::{Hint, Related};

pub(super) fn advice(error: &Error) -> Advice {
    use FailureKind::{Configuration, Other, Service};
    match error {
        Error::Config(error) => config::advice(error),
        Error::SignInRequired { session, reason } => (
            Configuration,
            Some(Hint::Related(
                Related::SignIn,
                renewal_arguments(session, *reason),
            )),
        ),
        Error::Endpoint { .. } => (Configuration, None),
        Error::Fips { .. } => {
            let hint = "set AWS_USE_FIPS_ENDPOINT to false for this command";
            (Configuration, Some(hint.into()))
        }
        Error::Cache(error) | Error::TokenNotSaved { source: error } => {
            (Configuration, cache::hint(error))
        }
        Error::CaBundle { source, .. } | Error::Proxy(source) => transport(source),
        Error::Oidc { source, .. } => {
            let (kind, hint) = oidc(source);
            (kind, hint.or_else(|| error.next_step().map(Hint::from)))
        }
        Error::Portal { source, .. } => portal(source),
        Error::StartUrl { source, .. } => (Configuration, start_url_hint(source).map(Hint::from)),
        Error::NoRegion { .. } => {
            let hint = "specify its Region with --sso-region";
            (Configuration, Some(hint.into()))
        }
        Error::UnknownStartUrl { .. } => {
            let hint =
                "compare sso_start_url and sso_region with the settings of IAM Identity Center";
            (Service, Some(hint.into()))
        }
        Error::Listen {
            port: Some(_),
            source,
        } if matches!(
            source.kind(),
            ErrorKind::AddrInUse | ErrorKind::PermissionDenied
        ) =>
        {
            let hint =
                "stop the process that uses the port, or select another port with --redirect-port";
            (Other, Some(hint.into()))
        }
        Error::ClockOff { source, .. } => advice(source),
        Error::AuthorizationRefused { .. } => (Service, error.next_step().map(Hint::from)),
        Error::NotApproved { .. } => (Other, error.next_step().map(Hint::from)),
        _ => (Other, None),
    }
}

/// Returns the hints after that of [`advice`].
pub(super) fn more_hints(error: &Error) -> Vec<Hint> {
    match error {
        Error::Config(error) => config::more_hints(error),
        _ => Vec::new(),
    }
}

/// Returns the hint for a wrong clock, which precedes the hint for the error that it may have caused.
pub(super) fn clock_hint(error: &Error) -> Option<Hint> {
    matches!(error, Error::ClockOff { .. }).then(|| CLOCK_HINT.into())
}

pub(super) const CLOCK_HINT: &str = "correct the system clock";

/// Returns the arguments of the sign-in command that solves `reason`.
fn renewal_arguments(session: &SsoSession, reason: SignInReason) -> Arguments {
    let arguments = sign_in_arguments(session);
    match reason {
        // Otherwise the program may consider the token long-lived enough.
        SignInReason::ExpiresIn(_) => arguments.flag("--force"),
        _ => arguments,
    }
}

/// Returns the arguments of the sign-in command that select `session`.
pub fn sign_in_arguments(session: &SsoSession) -> Arguments {
    let arguments = Arguments::new();
    match (&session.profile, &session.name) {
        (Some(profile), _) => arguments.option("--profile", profile.as_str()),
        (None, Some(name)) => arguments.option("--sso-session", name.as_str()),
        (None, None) => arguments
            .option("--start-url", session.start_url.to_string())
            .option("--sso-region", session.region.as_str()),
    }
}

fn oidc(error: &OidcError) -> Advice {
    if let Some(problem) = error.kms_problem() {
        return (FailureKind::Service, Some(kms_key_hint(problem).into()));
    }
    match error {
        OidcError::Transport(error) => transport(error),
        OidcError::InvalidRequest(_) => {
            let hint = "check sso_start_url and sso_region";
            (FailureKind::Service, Some(hint.into()))
        }
        OidcError::InvalidScope(_) => (FailureKind::Service, Some(SCOPES_HINT.into())),
        OidcError::Random(_) => (FailureKind::Other, None),
        _ => (FailureKind::Service, response_hint(error.service_error())),
    }
}

/// Returns the hint for a response that requests a pause, that refuses too many requests, or that comes
/// from a network that requires a login (RFC 6585 §6).
pub(super) fn response_hint(error: Option<&ServiceError>) -> Option<Hint> {
    let error = error?;
    if error.status == 511 {
        return Some(NETWORK_LOGIN_HINT.into());
    }
    let requested = error.retry_after.filter(|pause| !pause.is_zero());
    match requested {
        Some(pause) if pause > A_MINUTE || !error.is_throttling() => {
            Some(format!("try again in {}", at_least(pause)).into())
        }
        _ => error
            .is_throttling()
            .then(|| "try again in a minute".into()),
    }
}

const A_MINUTE: Duration = Duration::from_secs(60);

const NETWORK_LOGIN_HINT: &str =
    "open a web page in a browser to check whether the network requires a login";

const SCOPES_HINT: &str = "check sso_registration_scopes";

fn kms_key_hint(problem: KmsProblem) -> String {
    let problem_text = match problem {
        KmsProblem::AccessDenied => "IAM Identity Center is not allowed to use its KMS key",
        KmsProblem::NotFound => "the KMS key of IAM Identity Center does not exist",
        KmsProblem::InvalidKeyUsage => "the KMS key of IAM Identity Center has the wrong key usage",
        KmsProblem::InvalidState => "the KMS key of IAM Identity Center is in an invalid state",
        KmsProblem::Disabled => "the KMS key of IAM Identity Center is disabled",
        _ => "the KMS key of IAM Identity Center cannot be used",
    };
    format!("ask an administrator of your organisation to fix this: {problem_text}")
}

fn start_url_hint(error: &StartUrlError) -> Option<&'static str> {
    let hint = match error {
        StartUrlError::InvalidUrl(_) => {
            "use a start URL such as https://my-portal.awsapps.com/start"
        }
        StartUrlError::UntrustedTarget {
            is_refused: true, ..
        } => return None,
        StartUrlError::UntrustedTarget { .. } => {
            "run the command on a terminal to confirm this URL, or use the start URL of your organisation"
        }
        StartUrlError::UnsafeTarget { .. } => {
            "use the start URL of your organisation; a redirect to a URL without TLS or with a user name is never used"
        }
        _ => "check the start URL, or specify its Region with --sso-region to skip the lookup",
    };
    Some(hint)
}

pub(super) fn portal(error: &PortalError) -> Advice {
    match error {
        PortalError::Transport(error) => transport(error),
        _ => (FailureKind::Service, response_hint(error.service_error())),
    }
}

/// Returns the advice for a service whose endpoint does not depend on `sso_region`.
pub(super) fn transport_without_sso(error: &TransportError) -> Advice {
    if is_unreachable(error) {
        let hint = "check the network connection, the Region and the proxy settings (HTTPS_PROXY)";
        return (kind_of(error), Some(hint.into()));
    }
    transport(error)
}

fn is_unreachable(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Dns { .. }
            | TransportError::Refused { .. }
            | TransportError::Connect { .. }
            | TransportError::ConnectTimeout { .. }
            | TransportError::ReadTimeout { .. }
    )
}

pub(super) fn transport(error: &TransportError) -> Advice {
    if let Some(setting) = error.custom_endpoint() {
        let hint =
            format!("check {setting}, the network connection and the proxy settings (HTTPS_PROXY)");
        return (kind_of(error), Some(hint.into()));
    }
    let hint = match error {
        error if is_unreachable(error) => {
            "check the network connection, sso_region and the proxy settings (HTTPS_PROXY)"
        }
        TransportError::Tls {
            is_outside_validity: true,
            ..
        } => {
            "correct the system clock if it is wrong; if a proxy inspects TLS traffic, specify its CA certificates with --ca-bundle"
        }
        TransportError::Tls { .. } => {
            "if a proxy inspects TLS traffic, specify its CA certificates with --ca-bundle"
        }
        TransportError::Proxy {
            setting, problem, ..
        } => return (kind_of(error), Some(proxy_hint(setting, problem).into())),
        TransportError::NotUnderstood { .. } | TransportError::Redirect { .. } => {
            NETWORK_LOGIN_HINT
        }
        _ => return (kind_of(error), None),
    };
    (kind_of(error), Some(hint.into()))
}

fn proxy_hint(setting: &str, problem: &ProxyProblem) -> String {
    match problem {
        problem if problem.is_unsupported_scheme() => format!(
            "run a local proxy that signs in to this one, such as cntlm or px, and set {setting} to its URL"
        ),
        ProxyProblem::Authentication {
            has_credentials, ..
        } => {
            let start = if *has_credentials {
                "correct the user name and the password in"
            } else {
                "add the user name and the password to"
            };
            format!("{start} {setting}: http://USER:PASSWORD@HOST:PORT")
        }
        ProxyProblem::NoTls => format!("if it is an http:// proxy, begin {setting} with http://"),
        ProxyProblem::OwnContent | ProxyProblem::Status(300..400 | 511) => {
            NETWORK_LOGIN_HINT.to_owned()
        }
        _ => format!("check {setting} and NO_PROXY"),
    }
}

fn kind_of(error: &TransportError) -> FailureKind {
    if error.is_misconfiguration() {
        FailureKind::Configuration
    } else {
        FailureKind::Other
    }
}
