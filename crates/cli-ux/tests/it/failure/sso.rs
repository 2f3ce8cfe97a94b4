use std::io;
use std::num::NonZeroU16;
use std::time::Duration;

use cli_ux::browser::BrowserError;
use cli_ux::{Failure, FailureKind, Program};
use sso_config::chain::CredentialChain;
use sso_config::{AwsEnv, ConfigFiles, Location, SsoProfile, SsoSession};
use sso_credentials::{AvailableAccess, KeysOrigin, RoleRefusal, StsError};
use sso_session::ClockSkew;
use sso_session::StartUrlError;
use sso_session::keys::SessionKeys as _;
use sso_session::start_url::StartUrlProblem;
use sso_session::{
    EndpointError, OidcError, PortalError, ProxyProblem, SignInReason, TransportError,
};
use sso_transport::ServiceError;
use tempfile::TempDir;
use token_cache::{CacheError, Obstacle, TokenCache, WriteError};

use FailureKind::{Configuration, Other, Service, Usage};

const PROGRAM: Program = Program::new("deploy", "1.2.3")
    .with_sign_in_command("acme-login")
    .with_credentials_command("acme-credentials");

/// Checks the kind and the hint of an error, and that the failure displays all of its causes.
fn check<E>(error: E, kind: FailureKind, hint: Option<&str>)
where
    E: std::error::Error + 'static,
    Failure: From<E>,
{
    check_hints(error, kind, hint.as_slice());
}

fn check_hints<E>(error: E, kind: FailureKind, hints: &[&str])
where
    E: std::error::Error + 'static,
    Failure: From<E>,
{
    let expected = std::iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
    let expected: Vec<_> = expected.map(ToString::to_string).collect();
    let failure = Failure::from(error);
    assert_eq!(failure.to_string(), expected.join(": "));
    assert_eq!(failure.kind(), kind, "{failure}");
    assert_eq!(failure.hints(&PROGRAM), hints, "{failure}");
}

/// Returns the error of the profile `dev` of a config, and the directory of the config.
fn error_of(config: &str) -> (sso_config::Error, TempDir) {
    let home = TempDir::new().unwrap();
    let path = home.path().join("config");
    #[expect(
        clippy::disallowed_methods,
        reason = "the directory is private to the test"
    )]
    std::fs::write(&path, config).unwrap();
    let directory = home.path().to_str().unwrap();
    let variables = [
        ("HOME", directory),
        ("USERPROFILE", directory),
        ("AWS_CONFIG_FILE", path.to_str().unwrap()),
    ];
    let files = ConfigFiles::load(&variables.into_iter().collect::<AwsEnv>());
    let profile = files.and_then(|files| {
        let profile = SsoProfile::load(&files, &"dev".into())?;
        profile.into_role(&files)
    });
    (profile.unwrap_err(), home)
}

#[test]
fn shadowing_default_profile_has_a_hint_to_omit_serve() {
    let location = Location {
        path: "credentials".into(),
        line: 2,
        column: 1,
    };
    let key = "aws_access_key_id";
    check(
        sso_config::Error::ShadowedByDefaultProfile { key, location },
        Configuration,
        Some("omit --serve to pass the credentials as environment variables"),
    );
}

#[test]
fn a_history_that_cannot_be_created_has_a_hint_if_the_directory_is_not_writable() {
    use std::io::ErrorKind;

    let hint = "make the directory /home/me/.aws writable: an edit saves the previous content of the \
                file there";
    for (kind, hint) in [
        (ErrorKind::ReadOnlyFilesystem, Some(hint)),
        (ErrorKind::PermissionDenied, Some(hint)),
        (ErrorKind::NotADirectory, None),
    ] {
        let path = "/home/me/.aws/config.history".into();
        let source = kind.into();
        let error = sso_config::Error::CreateHistory { path, source };
        check(error, Configuration, hint);
    }
}

fn session(name: Option<&str>, profile: Option<&str>) -> SsoSession {
    SsoSession {
        name: name.map(Into::into),
        start_url: "https://a.awsapps.com/start".into(),
        region: "us-east-1".parse().unwrap(),
        scopes: None,
        profile: profile.map(Into::into),
    }
}

fn sign_in_required(name: Option<&str>, profile: Option<&str>) -> sso_session::Error {
    sso_session::Error::SignInRequired {
        session: session(name, profile).into(),
        reason: SignInReason::NotSignedIn,
    }
}

fn service_error(status: u16, name: &str, reason: Option<&str>) -> ServiceError {
    let reason = reason.map_or_else(String::new, |reason| format!(r#", "reason": "{reason}""#));
    let body = format!(r#"{{"message": "message of the service"{reason}}}"#);
    let response = http::Response::builder()
        .status(status)
        .header("x-amzn-ErrorType", name);
    ServiceError::from_response(&response.body(body.into_bytes()).unwrap())
}

fn oidc(source: impl Into<OidcError>) -> sso_session::Error {
    sso_session::Error::Oidc {
        operation: "CreateToken (refresh)",
        source: source.into(),
    }
}

fn portal(source: impl Into<PortalError>) -> sso_session::Error {
    sso_session::Error::Portal {
        operation: "GetRoleCredentials",
        source: source.into(),
    }
}

#[test]
fn required_sign_in_has_the_sign_in_command_as_hint() {
    let check = |name, profile, command| {
        check(
            sign_in_required(name, profile),
            Configuration,
            Some(command),
        );
    };
    check(Some("s"), Some("dev"), "acme-login --profile dev");
    check(Some("s"), None, "acme-login --sso-session s");
    check(None, Some("old"), "acme-login --profile old");
    check(
        None,
        Some("my profile"),
        "acme-login --profile 'my profile'",
    );
    check(Some("$(x)"), None, "acme-login --sso-session '$(x)'");
    check(Some("-x"), None, "acme-login --sso-session=-x");
    check(
        Some("hey!"),
        None,
        "acme-login --sso-session VALUE, where VALUE contains characters that cannot be pasted",
    );
    check(
        None,
        Some("a\u{1b}[31m"),
        "acme-login --profile VALUE, where VALUE contains characters that cannot be pasted",
    );
    check(
        None,
        None,
        "acme-login --start-url https://a.awsapps.com/start --sso-region us-east-1",
    );
}

#[test]
fn config_errors_have_hints() {
    let check = |config: &str, hint: Option<&str>| {
        let (error, home) = error_of(config);
        let path = home.path().join("config").display().to_string();
        let hint = hint.map(|hint| hint.replace("CONFIG", &path));
        check(error, Configuration, hint.as_deref());
    };
    let session = "[sso-session s]\nsso_start_url = https://a\nsso_region = us-east-1\n";
    check("[profile dev]\nregion = x\n", None);
    check(
        "[sso-session s]\n[profile dev]\nsso_session = s\n",
        Some("add sso_start_url and sso_region to [sso-session s]"),
    );
    check(
        &format!("{session}[profile dev]\nsso_session = s\nsso_account_id = 1\n"),
        Some("add sso_role_name to [profile dev]"),
    );
    check(
        &format!("{session}[profile dev]\nsso_session = s\nsso_region = x\n"),
        Some("remove sso_region at CONFIG:6; the SSO session already sets it"),
    );
    check("[profile dev]\n\nx\n", Some("fix line 3 of CONFIG"));
    check(
        "[profile dev]\nsso_start_url = x\nsso_region = a/b\n",
        Some("set sso_region in line 3 of CONFIG to a Region such as us-east-1"),
    );
}

#[test]
fn local_errors_are_configuration_errors() {
    check(
        sso_config::Error::NoHome { variable: "HOME" },
        Configuration,
        None,
    );
    let error = sso_session::Error::Endpoint {
        setting: "AWS_ENDPOINT_URL".to_owned(),
        source: EndpointError::CustomWithFips,
    };
    check(error, Configuration, None);
    let name = "AWS_MAX_ATTEMPTS".to_owned();
    check(
        sso_config::Error::InvalidSetting {
            name,
            expected: "a number from 1",
        },
        Configuration,
        None,
    );

    for (variable, hint) in [
        ("AWS_CONFIG_FILE", "set AWS_CONFIG_FILE to a regular file"),
        (
            "AWS_SHARED_CREDENTIALS_FILE",
            "set AWS_SHARED_CREDENTIALS_FILE to a regular file",
        ),
    ] {
        let path = "a file".into();
        let error = sso_config::Error::NotAFile { path, variable };
        check(error, Configuration, Some(hint));
    }

    let in_the_way = tempfile::NamedTempFile::new().unwrap();
    let cache = TokenCache::in_aws_dir(in_the_way.path());
    let key = session(Some("s"), None).token_key();
    let error = || -> CacheError { cache.lock_login(&key, Duration::ZERO).unwrap_err() };
    check(sso_session::Error::from(error()), Configuration, None);
    check(sso_credentials::Error::from(error()), Configuration, None);
}

#[test]
fn a_browser_variable_that_is_not_unicode_has_a_hint() {
    let variable = "BROWSER".to_owned();
    let error = BrowserError::Variable(sso_config::NotUnicode { variable }.into());
    let hint = "set BROWSER to valid Unicode, or unset it";
    check(error, Configuration, Some(hint));
}

#[test]
fn a_file_that_cannot_be_replaced_has_a_hint_for_its_obstacle() {
    let check = |obstacle, hint: Option<&'static str>| {
        let error = || WriteError::NotReplaceable {
            path: "/home/me/.aws/a file".into(),
            obstacle,
        };
        let cached = || CacheError::from(error());
        check(sso_session::Error::from(cached()), Configuration, hint);
        check(sso_credentials::Error::from(cached()), Configuration, hint);
        check(sso_config::Error::from(error()), Configuration, hint);
    };
    check(
        Obstacle::Immutable,
        Some("sudo chattr -i '/home/me/.aws/a file'"),
    );
    check(
        Obstacle::AppendOnly,
        Some("sudo chattr -a '/home/me/.aws/a file'"),
    );
    check(
        Obstacle::AppendOnlyDirectory,
        Some("sudo chattr -a /home/me/.aws"),
    );
    check(Obstacle::MountPoint, None);
}

/// Not only a file that must be replaced: also a directory in which files are created.
#[cfg(target_os = "linux")]
#[test]
fn an_immutable_directory_has_a_hint_in_each_error() {
    let directory = tempfile::tempdir().unwrap();
    let cache = TokenCache::in_aws_dir(directory.path());
    let key = session(Some("s"), None).token_key();
    let own = cache.state_dir().to_owned();
    std::fs::create_dir_all(&own).unwrap();
    let chattr = |change: &str, path: &std::path::Path| {
        let mut chattr = std::process::Command::new("chattr");
        let status = chattr
            .arg(change)
            .arg(path)
            .stderr(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    let check = |error: &dyn Fn() -> CacheError, path: &std::path::Path| {
        let hint = format!("sudo chattr -i {}", path.display());
        for failure in [
            Failure::from(sso_session::Error::from(error())),
            Failure::from(sso_credentials::Error::from(error())),
        ] {
            assert_eq!(failure.hints(&PROGRAM), [hint.as_str()], "{failure}");
        }
    };
    if chattr("+i", &own) {
        check(
            &|| cache.lock_token(&key, Duration::ZERO).unwrap_err(),
            &own,
        );
        check(&|| cache.write_state(&key, "test", &1).unwrap_err(), &own);
        chattr("-i", &own);
    }
    let lock = cache.lock_token(&key, Duration::ZERO).unwrap();
    let sso_dir = own.parent().unwrap();
    if chattr("+i", sso_dir) {
        check(&|| lock.reserve().unwrap_err(), sso_dir);
        chattr("-i", sso_dir);
    }
    let token = cache.token_location(&key);
    let path = token.file().unwrap();
    std::fs::File::create(path).unwrap();
    if chattr("+i", path) {
        check(&|| cache.remove(&token).unwrap_err(), path);
        chattr("-i", path);
    }
}

/// The hint contains the user ID, because not all shells have the same command substitution.
#[cfg(unix)]
#[test]
fn a_file_of_another_user_that_cannot_be_replaced_has_a_command_as_hint() {
    use std::os::unix::fs::MetadataExt as _;

    let directory = tempfile::tempdir().unwrap();
    let user = directory.path().metadata().unwrap().uid();
    let failure = Failure::from(sso_config::Error::from(WriteError::NotReplaceable {
        path: "/home/me/.aws/a file".into(),
        obstacle: Obstacle::OtherOwner { owner: 7 },
    }));
    let expected = format!(
        "if you trust its content, make the file yours: sudo chown {user} '/home/me/.aws/a file'"
    );
    assert_eq!(failure.hints(&PROGRAM), [expected]);
}

#[test]
fn hint_states_the_requested_pause_unless_a_minute_is_enough() {
    let requested = |status: u16, pause: u64| {
        let mut error = service_error(status, "Any", None);
        error.retry_after = Some(Duration::from_secs(pause));
        error
    };
    for (status, pause, hint) in [
        (429, 0, "try again in a minute"),
        (429, 60, "try again in a minute"),
        (429, 61, "try again in 61s"),
        (429, 3600, "try again in 60m"),
        (503, 30, "try again in 30s"),
    ] {
        check(portal(requested(status, pause)), Service, Some(hint));
        check(oidc(requested(status, pause)), Service, Some(hint));
        let sts = sso_credentials::Error::AssumeRole {
            profile: "dev".into(),
            role_arn: "arn".to_owned(),
            origin: Box::new(KeysOrigin::Session(session(Some("my-sso"), None))),
            source: StsError::from(requested(status, pause)).into(),
        };
        check(sts, Service, Some(hint));
    }
    check(portal(requested(503, 0)), Service, None);
    let login = "open a web page in a browser to check whether the network requires a login";
    check(portal(requested(511, 0)), Service, Some(login));
}

#[test]
fn rejected_requests_are_service_errors() {
    let refused = |name| oidc(service_error(400, name, None));
    check(refused("InvalidGrantException"), Service, None);
    check(refused("AccessDeniedException"), Service, None);
    check(
        refused("InvalidRequestException"),
        Service,
        Some("check sso_start_url and sso_region"),
    );
    check(
        refused("InvalidScopeException"),
        Service,
        Some("check sso_registration_scopes"),
    );
    check(
        oidc(service_error(500, "InternalServerException", None)),
        Service,
        None,
    );

    check(
        portal(service_error(404, "ResourceNotFoundException", None)),
        Service,
        None,
    );
    check(
        portal(service_error(429, "TooManyRequestsException", None)),
        Service,
        Some("try again in a minute"),
    );
    check(
        oidc(service_error(400, "SlowDownException", None)),
        Service,
        Some("try again in a minute"),
    );
    let refused = |error: &str| sso_session::Error::AuthorizationRefused {
        error: error.to_owned(),
        description: "no".to_owned(),
    };
    let hint = |error: sso_session::Error, hint: &str| {
        assert_eq!(error.next_step(), Some(hint));
        check(error, Service, Some(hint));
    };
    let denied = "sign in again, and allow the request in the browser; if you did, ask your \
                  administrator for access";
    hint(refused("access_denied"), denied);
    hint(refused("invalid_scope"), "check sso_registration_scopes");
    hint(refused("server_error"), "sign in again in a minute");
    hint(
        refused("unauthorized_client"),
        "sign in with --use-device-code",
    );
    let refused = |name| sso_session::Error::Oidc {
        operation: "CreateToken",
        source: service_error(400, name, None).into(),
    };
    hint(refused("AccessDeniedException"), denied);
    let expired = "sign in again, and approve the request before it expires";
    hint(refused("ExpiredTokenException"), expired);
    hint(refused("InvalidGrantException"), expired);
}

#[test]
fn kms_problem_takes_precedence_over_the_error_name() {
    for name in ["InvalidRequestException", "AccessDeniedException"] {
        for (reason, problem) in [
            (
                "KMS_AccessDeniedException",
                "IAM Identity Center is not allowed to use its KMS key",
            ),
            (
                "KMS_NotFoundException",
                "the KMS key of IAM Identity Center does not exist",
            ),
            (
                "KMS_InvalidKeyUsageException",
                "the KMS key of IAM Identity Center has the wrong key usage",
            ),
            (
                "KMS_InvalidStateException",
                "the KMS key of IAM Identity Center is in an invalid state",
            ),
            (
                "KMS_DisabledException",
                "the KMS key of IAM Identity Center is disabled",
            ),
        ] {
            let hint = format!("ask an administrator of your organisation to fix this: {problem}");
            check(
                oidc(service_error(400, name, Some(reason))),
                Service,
                Some(&hint),
            );
        }
    }
}

#[test]
fn start_url_errors_have_hints() {
    let start_url = || "https://my-portal.awsapps.com/start".into();
    let invalid = |source| sso_session::Error::StartUrl {
        start_url: start_url(),
        source: Box::new(source),
    };
    check(
        invalid(StartUrlError::InvalidUrl(StartUrlProblem::NotAUrl)),
        Configuration,
        Some("use a start URL such as https://my-portal.awsapps.com/start"),
    );
    let untrusted = |is_refused| StartUrlError::UntrustedTarget {
        target: "https://example.com/".to_owned(),
        is_refused,
    };
    check(invalid(untrusted(true)), Configuration, None);
    let target = "http://example.com/".to_owned();
    check(
        invalid(StartUrlError::UnsafeTarget { target }),
        Configuration,
        Some(
            "use the start URL of your organisation; a redirect to a URL without TLS or with a user name is never used",
        ),
    );
    let lookup = "check the start URL, or specify its Region with --sso-region to skip the lookup";
    check(
        invalid(StartUrlError::RedirectsToItself),
        Configuration,
        Some(lookup),
    );
    check(
        invalid(untrusted(false)),
        Configuration,
        Some(
            "run the command on a terminal to confirm this URL, or use the start URL of your organisation",
        ),
    );
    check(
        invalid(StartUrlError::Status { status: 404 }),
        Configuration,
        Some("check the start URL, or specify its Region with --sso-region to skip the lookup"),
    );
    check(
        sso_session::Error::NoRegion {
            start_url: start_url(),
        },
        Configuration,
        Some("specify its Region with --sso-region"),
    );
    check(
        sso_session::Error::UnknownStartUrl {
            start_url: start_url(),
            region: "us-east-1".parse().unwrap(),
            source: Box::new(service_error(400, "InvalidRequestException", None).into()),
        },
        Service,
        Some("compare sso_start_url and sso_region with the settings of IAM Identity Center"),
    );
}

/// Checks the kind and the hint of a transport error of each service.
fn check_transport_error(
    error: impl Fn() -> TransportError,
    kind: FailureKind,
    hint: Option<&str>,
) {
    check(oidc(error()), kind, hint);
    check(portal(error()), kind, hint);
}

fn host() -> String {
    "oidc.us-east-1.amazonaws.com".to_owned()
}

const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn connection_errors_have_a_network_hint() {
    let check = |error: &dyn Fn() -> TransportError| {
        let hint = "check the network connection, sso_region and the proxy settings (HTTPS_PROXY)";
        check_transport_error(error, Other, Some(hint));
    };
    let source = || io::Error::other("?");
    check(&|| TransportError::Dns {
        host: host(),
        source: source(),
    });
    check(&|| TransportError::Refused { host: host() });
    let custom = || TransportError::Refused {
        host: format!("{} (the endpoint URL in AWS_ENDPOINT_URL_SSO)", host()),
    };
    let hint =
        "check AWS_ENDPOINT_URL_SSO, the network connection and the proxy settings (HTTPS_PROXY)";
    check_transport_error(custom, Other, Some(hint));
    check(&|| TransportError::Connect {
        host: host(),
        source: source(),
    });
    check(&|| TransportError::ConnectTimeout {
        host: host(),
        limit: LIMIT,
    });
    check(&|| TransportError::ReadTimeout {
        host: host(),
        limit: LIMIT,
    });
}

#[test]
fn tls_proxy_and_captive_portal_errors_have_hints() {
    let check_tls = |is_outside_validity, hint: &str| {
        let error = || TransportError::Tls {
            host: host(),
            ca_bundle: None,
            is_outside_validity,
            source: "?".into(),
        };
        check_transport_error(error, Other, Some(hint));
    };
    let bundle = "if a proxy inspects TLS traffic, specify its CA certificates with --ca-bundle";
    check_tls(false, bundle);
    let clock = format!("correct the system clock if it is wrong; {bundle}");
    check_tls(true, &clock);

    let hint = "open a web page in a browser to check whether the network requires a login";
    let error = || TransportError::NotUnderstood {
        problem: "is not JSON",
        content_type: None,
        content_encoding: None,
        endpoint_setting: None,
    };
    check_transport_error(error, Other, Some(hint));
    let error = || TransportError::Redirect {
        host: host(),
        target: None,
        location: None,
    };
    check_transport_error(error, Other, Some(hint));
}

#[test]
fn each_refusal_of_a_proxy_has_a_hint_with_its_setting() {
    let check = |problem: &ProxyProblem, hint: &str| {
        let error = || TransportError::Proxy {
            proxy: "proxy:8080".to_owned(),
            setting: "https_proxy".to_owned(),
            host: host(),
            problem: Box::new(problem.clone()),
        };
        check_transport_error(error, Other, Some(hint));
    };
    let check_authentication = |schemes: &[&str], has_credentials, hint: &str| {
        let schemes = schemes.iter().map(ToString::to_string).collect();
        let problem = ProxyProblem::Authentication {
            schemes,
            has_credentials,
        };
        check(&problem, hint);
    };
    let local = "run a local proxy that signs in to this one, such as cntlm or px, and set https_proxy to its URL";
    check_authentication(&["Negotiate", "NTLM"], false, local);
    check_authentication(&["Digest"], true, local);
    let add = "add the user name and the password to https_proxy: http://USER:PASSWORD@HOST:PORT";
    check_authentication(&["Basic"], false, add);
    check_authentication(&[], false, add);
    let correct =
        "correct the user name and the password in https_proxy: http://USER:PASSWORD@HOST:PORT";
    check_authentication(&["NTLM", "Basic"], true, correct);

    let login = "open a web page in a browser to check whether the network requires a login";
    check(&ProxyProblem::OwnContent, login);
    check(&ProxyProblem::Status(302), login);
    check(&ProxyProblem::Status(511), login);
    let tls = "if it is an http:// proxy, begin https_proxy with http://";
    check(&ProxyProblem::NoTls, tls);
    for problem in [
        ProxyProblem::Status(403),
        ProxyProblem::Closed,
        ProxyProblem::NotHttp,
        ProxyProblem::TooLong { limit: 1 },
    ] {
        check(&problem, "check https_proxy and NO_PROXY");
    }
}

#[test]
fn invalid_network_settings_are_configuration_errors() {
    check_transport_error(
        || TransportError::BadProxy {
            name: "HTTPS_PROXY".to_owned(),
            reason: "?",
        },
        Configuration,
        None,
    );
    check_transport_error(
        || TransportError::PlainHttp { host: host() },
        Configuration,
        None,
    );
    let source = || io::Error::other("?");
    let error = || TransportError::CaBundle {
        path: "ca.pem".into(),
        source: source(),
    };
    check_transport_error(error, Configuration, None);
}

#[test]
fn clock_hint_precedes_the_hints_of_the_error() {
    let check = |source: &dyn Fn() -> sso_session::Error, kind, hints: &[&str]| {
        let hints = [&["correct the system clock"], hints].concat();
        let of_session = || sso_session::Error::ClockOff {
            skew: ClockSkew(time::Duration::hours(1)),
            source: source().into(),
        };
        check_hints(of_session(), kind, &hints);
        check_hints(sso_credentials::Error::from(of_session()), kind, &hints);
        check_hints(clock_off(source().into()), kind, &hints);
        check_hints(clock_off(of_session().into()), kind, &hints);
    };
    let required = || sign_in_required(Some("s"), None);
    check(&required, Configuration, &["acme-login --sso-session s"]);
    let refused = || service_error(404, "ResourceNotFoundException", None);
    check(&|| portal(refused()), Service, &[]);
    let throttled = || service_error(429, "TooManyRequestsException", None);
    check(&|| portal(throttled()), Service, &["try again in a minute"]);
}

fn clock_off(source: sso_credentials::Error) -> sso_credentials::Error {
    sso_credentials::Error::ClockOff {
        skew: ClockSkew(time::Duration::hours(1)),
        source: Box::new(source),
    }
}

fn role_refused() -> sso_credentials::Error {
    sso_credentials::Error::RoleRefused {
        refusal: Box::new(RoleRefusal {
            session: session(Some("s"), None),
            account_id: "111122223333".into(),
            role_name: "ReadOnly".into(),
            available: AvailableAccess::Unknown,
        }),
        source: service_error(403, "ForbiddenException", None).into(),
    }
}

#[test]
fn clock_hint_precedes_all_hints_of_a_refused_role() {
    let refused = Failure::from(role_refused());
    let off = Failure::from(clock_off(role_refused()));
    let mut expected = refused.hints(&PROGRAM);
    assert!(expected.len() > 1, "{expected:?}");
    expected.insert(0, "correct the system clock".to_owned());
    assert_eq!(off.hints(&PROGRAM), expected);
}

#[test]
fn only_the_hint_to_sign_in_is_removed() {
    let error = clock_off(sign_in_required(Some("s"), None).into());
    let failure = Failure::from(error).without_sign_in_hint();
    assert_eq!(failure.hints(&PROGRAM), ["correct the system clock"]);
}

#[test]
fn converted_error_keeps_its_kind_and_hint() {
    let usage = || sso_config::Error::DurationNotApplicable;
    let hint = Some("omit --duration");
    check(sso_session::Error::from(usage()), Usage, hint);
    check(sso_credentials::Error::from(usage()), Usage, hint);
    let required = sso_credentials::Error::from(sign_in_required(Some("s"), None));
    check(required, Configuration, Some("acme-login --sso-session s"));
}

#[test]
fn approval_timeout_and_used_port_have_hints() {
    let timeout = Duration::from_secs(600);
    let not_approved = |may_be_unknown_client| sso_session::Error::NotApproved {
        timeout,
        may_be_unknown_client,
    };
    check(not_approved(false), Other, Some("sign in again"));
    check(
        not_approved(true),
        Other,
        Some("if the browser showed an error page, sign in again: it registers a new client"),
    );
    let port_in_use = |port| sso_session::Error::Listen {
        port,
        source: io::ErrorKind::AddrInUse.into(),
    };
    check(port_in_use(None), Other, None);
    check(
        port_in_use(NonZeroU16::new(8400)),
        Other,
        Some("stop the process that uses the port, or select another port with --redirect-port"),
    );
}

fn error_of_chain(config: &str) -> sso_config::Error {
    let home = TempDir::new().unwrap();
    let path = home.path().join("config");
    #[expect(
        clippy::disallowed_methods,
        reason = "the directory is private to the test"
    )]
    std::fs::write(&path, config).unwrap();
    let directory = home.path().to_str().unwrap();
    let variables = [
        ("HOME", directory),
        ("USERPROFILE", directory),
        ("AWS_CONFIG_FILE", path.to_str().unwrap()),
    ];
    let env: AwsEnv = variables.into_iter().collect();
    let files = ConfigFiles::load(&env).unwrap();
    let chain = CredentialChain::load(&env, &files, &"dev".into());
    chain
        .and_then(|chain| chain.with_duration(900))
        .unwrap_err()
}

#[test]
fn chain_errors_have_hints() {
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    let check = |lines: &str, hint: &str| {
        let error = error_of_chain(&format!("[profile dev]\n{lines}"));
        check(error, Configuration, Some(hint));
    };
    check(
        "region = x\n",
        "add sso_session, sso_account_id and sso_role_name to [profile dev], or select another profile with --profile",
    );
    check(role, "add source_profile to [profile dev]");
    check(
        &format!("{role}source_profile = dev\n"),
        "change source_profile or credential_process in one of these profiles",
    );
    check(
        "web_identity_token_file = x\n",
        "aws configure export-credentials --profile dev",
    );
    check(
        "credential_process = 'x\n",
        "set credential_process to a command line with balanced quotes",
    );
}

#[test]
fn inapplicable_duration_is_a_usage_error() {
    let error = error_of_chain("[profile dev]\naws_access_key_id = a\naws_secret_access_key = b\n");
    check(error, Usage, Some("omit --duration"));
}

#[test]
fn assume_role_errors_have_hints() {
    let location = Location {
        path: "/etc/my config".into(),
        line: 7,
        column: 1,
    };
    let check_from = |origin: &KeysOrigin, source: StsError, kind, hint: Option<&str>| {
        let error = sso_credentials::Error::AssumeRole {
            profile: "my dev".into(),
            role_arn: "arn".to_owned(),
            origin: Box::new(origin.clone()),
            source: source.into(),
        };
        check(error, kind, hint);
    };
    let in_file = KeysOrigin::Static(location.clone());
    let check =
        |source, kind: FailureKind, hint: Option<&str>| check_from(&in_file, source, kind, hint);
    let refused = |status, code| StsError::from(service_error(status, code, None));
    check(
        refused(403, "AccessDenied"),
        Service,
        Some(
            "compare role_arn, source_profile, external_id and mfa_serial of [profile 'my dev'] with the role's trust policy",
        ),
    );
    let of_process = KeysOrigin::Process(location.clone());
    let of_session = KeysOrigin::Session(session(Some("my-sso"), None));
    for (origin, hint) in [
        (&in_file, "check the access keys at /etc/my config:7"),
        (
            &of_process,
            "check the credentials of the credential_process at /etc/my config:7",
        ),
        (
            &of_session,
            "start a new access portal session: acme-login --sso-session my-sso --force --new-session",
        ),
    ] {
        check_from(origin, refused(403, "ExpiredToken"), Service, Some(hint));
        check_from(origin, StsError::MalformedKeys, Service, Some(hint));
    }
    let region = Some("select another Region, or enable this Region in the account");
    check(refused(403, "RegionDisabledException"), Service, region);
    check(
        refused(400, "Throttling"),
        Service,
        Some("try again in a minute"),
    );
    check(refused(400, "ValidationError"), Service, None);
    let plain_http = TransportError::PlainHttp {
        host: "sts.example".to_owned(),
    };
    check(plain_http.into(), Configuration, None);
}
