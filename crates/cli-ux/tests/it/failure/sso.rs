use std::io;
use std::num::NonZeroU16;
use std::time::Duration;

use cli_ux::{Failure, FailureKind, Program};
use sso_config::chain::CredentialChain;
use sso_config::{AwsEnv, ConfigFiles, Location, SsoProfile, SsoSession};
use sso_credentials::StsError;
use sso_session::ClockSkew;
use sso_session::StartUrlError;
use sso_session::keys::SessionKeys as _;
use sso_session::{EndpointError, OidcError, PortalError, SignInReason, TransportError};
use sso_transport::ServiceError;
use tempfile::TempDir;
use token_cache::{CacheError, TokenCache};

use FailureKind::{Configuration, Other, Service, Usage};

const PROGRAM: Program = Program::new("deploy", "1.2.3")
    .with_sign_in_command("acme-login")
    .with_credentials_command("acme-credentials");

/// Checks the kind and the hint of an error, and that nothing of its wording is lost.
fn check<E>(error: E, kind: FailureKind, hint: Option<&str>)
where
    E: std::error::Error + 'static,
    Failure: From<E>,
{
    let whole = std::iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
    let whole: Vec<_> = whole.map(ToString::to_string).collect();
    let failure = Failure::from(error);
    assert_eq!(failure.to_string(), whole.join(": "));
    assert_eq!(failure.kind(), kind, "{failure}");
    let hints = failure.hints(&PROGRAM);
    assert_eq!(hints, hint.into_iter().collect::<Vec<_>>(), "{failure}");
}

/// Returns what is wrong with the profile `dev` of a config, and the directory of the config.
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
fn credentials_that_would_be_preferred_are_left_to_plain_variables() {
    let location = Location {
        path: "credentials".into(),
        line: 2,
        column: 1,
    };
    let key = "aws_access_key_id";
    check(
        sso_config::Error::ShadowedByDefaultProfile { key, location },
        Configuration,
        Some("leave --serve out: the command gets the credentials as variables"),
    );
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
    let body = format!(r#"{{"message": "in the service's words"{reason}}}"#);
    let answer = http::Response::builder()
        .status(status)
        .header("x-amzn-ErrorType", name);
    ServiceError::from_response(&answer.body(body.into_bytes()).unwrap())
}

fn oidc(source: impl Into<OidcError>) -> sso_session::Error {
    sso_session::Error::Oidc {
        operation: "renewing the token",
        source: source.into(),
    }
}

fn portal(source: impl Into<PortalError>) -> sso_session::Error {
    sso_session::Error::Portal {
        operation: "asking for role credentials",
        source: source.into(),
    }
}

#[test]
fn a_required_sign_in_comes_with_the_command_of_the_family() {
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
    check(None, None, "acme-login");
}

#[test]
fn what_is_wrong_with_the_config_comes_with_what_mends_it() {
    let check = |config: &str, hint: Option<&str>| {
        let (error, home) = error_of(config);
        let path = home.path().join("config").display().to_string();
        let hint = hint.map(|hint| hint.replace("CONFIG", &path));
        check(error, Configuration, hint.as_deref());
    };
    let session = "[sso-session s]\nsso_start_url = https://a\nsso_region = us-east-1\n";
    check(
        "",
        Some("add [profile dev] to CONFIG, or choose another with --profile"),
    );
    check(
        "[profile dev]\nregion = x\n",
        Some("name its [sso-session] as sso_session in the profile"),
    );
    check(
        "[profile dev]\nsso_session = s\n",
        Some("add [sso-session s] with sso_start_url and sso_region to the config file"),
    );
    check(
        "[sso-session s]\n[profile dev]\nsso_session = s\n",
        Some("add sso_start_url and sso_region below [sso-session s]"),
    );
    check(
        &format!("{session}[profile dev]\nsso_session = s\nsso_account_id = 1\n"),
        Some("add sso_role_name below [profile dev]"),
    );
    check(
        &format!("{session}[profile dev]\nsso_session = s\nsso_region = x\n"),
        Some("remove sso_region at CONFIG:6; the session's counts"),
    );
    check("[profile dev]\n\nx\n", Some("mend line 3 of CONFIG"));
    check(
        "[profile dev]\nsso_start_url = x\nsso_region = a/b\n",
        Some("write a Region such as us-east-1 in line 3 of CONFIG"),
    );
}

#[test]
fn a_header_to_add_is_spelled_as_the_config_file_needs_it() {
    let check = |name: &str, header: &str, session_header: &str| {
        let config = std::path::PathBuf::from("config");
        let hint = format!("add {header} to config, or choose another with --profile");
        let unknown = sso_config::Error::UnknownProfile {
            profile: name.into(),
            config: config.clone(),
        };
        check(unknown, Configuration, Some(&hint));
        let hint =
            format!("add {session_header} with sso_start_url and sso_region to the config file");
        let unknown = sso_config::Error::UnknownSession {
            session: name.into(),
            referenced_by: None,
            config,
        };
        check(unknown, Configuration, Some(&hint));
    };
    check("dev", "[profile dev]", "[sso-session dev]");
    check("default", "[default]", "[sso-session default]");
    check("my own", "[profile 'my own']", "[sso-session 'my own']");
}

#[test]
fn what_else_is_wrong_on_this_machine_is_a_matter_of_configuration() {
    check(
        sso_config::Error::NoHome { variable: "HOME" },
        Configuration,
        None,
    );
    let error = sso_session::Error::from(EndpointError::CustomWithFips);
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

    let (path, source) = ("config".into(), io::ErrorKind::PermissionDenied.into());
    check(
        sso_config::Error::ReadConfig { path, source },
        Configuration,
        None,
    );

    let in_the_way = tempfile::NamedTempFile::new().unwrap();
    let cache = TokenCache::in_aws_dir(in_the_way.path());
    let key = session(Some("s"), None).token_key();
    let error = || -> CacheError { cache.lock_login(&key, Duration::ZERO).unwrap_err() };
    check(sso_session::Error::from(error()), Configuration, None);
    check(sso_credentials::Error::from(error()), Configuration, None);
}

#[test]
fn what_a_service_refuses_is_its_own_matter() {
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
    let refused = sso_credentials::Error::RoleRefused {
        account_id: "111122223333".into(),
        role_name: "ReadOnly".into(),
        source: service_error(403, "ForbiddenException", None).into(),
    };
    let hint = "compare sso_account_id and sso_role_name with what the access portal lists";
    check(refused, Service, Some(hint));
    let refused = |error: &str| sso_session::Error::AuthorizationRefused {
        error: error.to_owned(),
        description: "no".to_owned(),
    };
    check(refused("access_denied"), Service, None);
    check(
        refused("invalid_scope"),
        Service,
        Some("check sso_registration_scopes"),
    );
}

#[test]
fn the_organisations_key_is_named_whatever_else_is_said() {
    for name in ["InvalidRequestException", "AccessDeniedException"] {
        for (reason, what) in [
            (
                "KMS_AccessDeniedException",
                "IAM Identity Center may not use its encryption key",
            ),
            (
                "KMS_NotFoundException",
                "the encryption key of IAM Identity Center does not exist",
            ),
            (
                "KMS_InvalidKeyUsageException",
                "the encryption key of IAM Identity Center is no such key",
            ),
            (
                "KMS_InvalidStateException",
                "the encryption key of IAM Identity Center is not ready",
            ),
            (
                "KMS_DisabledException",
                "the encryption key of IAM Identity Center is disabled",
            ),
        ] {
            let hint =
                format!("{what}: only the administrators of your organisation can mend that");
            check(
                oidc(service_error(400, name, Some(reason))),
                Service,
                Some(&hint),
            );
        }
    }
}

#[test]
fn a_start_url_is_told_where_it_is_written() {
    let start_url = || "https://my-portal.awsapps.com/start".into();
    let unusable = |source| sso_session::Error::StartUrl {
        start_url: start_url(),
        source: Box::new(source),
    };
    check(
        unusable(StartUrlError::InvalidUrl),
        Configuration,
        Some("write it as in https://my-portal.awsapps.com/start"),
    );
    let target = "https://example.com/".to_owned();
    check(
        unusable(StartUrlError::UntrustedTarget { target }),
        Configuration,
        Some(
            "if that is right, agree at a terminal; else ask for the start URL of your organisation",
        ),
    );
    check(
        unusable(StartUrlError::Status { status: 404 }),
        Configuration,
        Some("check it, or name its Region with --sso-region to do without the look-up"),
    );
    check(
        sso_session::Error::NoRegion {
            start_url: start_url(),
        },
        Configuration,
        Some("name its Region with --sso-region"),
    );
    check(
        sso_session::Error::UnknownStartUrl {
            start_url: start_url(),
            region: "us-east-1".parse().unwrap(),
            source: Box::new(service_error(400, "InvalidRequestException", None).into()),
        },
        Service,
        Some("check sso_start_url and sso_region: the settings of IAM Identity Center show both"),
    );
}

/// Checks what becomes of a service that cannot be reached, whichever it is.
fn check_unreached(error: impl Fn() -> TransportError, kind: FailureKind, hint: Option<&str>) {
    check(oidc(error()), kind, hint);
    check(portal(error()), kind, hint);
}

fn host() -> String {
    "oidc.us-east-1.amazonaws.com".to_owned()
}

const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn without_a_connection_the_network_is_to_be_checked() {
    let check = |error: &dyn Fn() -> TransportError| {
        let hint = "check the network, sso_region, and whether a proxy is needed (HTTPS_PROXY)";
        check_unreached(error, Other, Some(hint));
    };
    let source = || io::Error::other("?");
    check(&|| TransportError::Dns {
        host: host(),
        source: source(),
    });
    check(&|| TransportError::Refused { host: host() });
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
fn what_stands_in_between_has_hints_of_its_own() {
    let error = || TransportError::Tls {
        host: host(),
        ca_bundle: None,
        source: "?".into(),
    };
    let hint = "where a proxy reads along, name its certificates with --ca-bundle";
    check_unreached(error, Other, Some(hint));

    let proxy = || "proxy:8080".to_owned();
    let error = || TransportError::Proxy {
        proxy: proxy(),
        host: host(),
        status: None,
    };
    check_unreached(error, Other, Some("check HTTPS_PROXY and NO_PROXY"));

    let hint =
        "a network that wants a log-in of its own may have answered: open any page in a browser";
    let error = || TransportError::NotUnderstood {
        problem: "is no JSON",
        content_type: None,
    };
    check_unreached(error, Other, Some(hint));
    let error = || TransportError::Redirect {
        host: host(),
        target: None,
        location: None,
    };
    check_unreached(error, Other, Some(hint));
}

#[test]
fn a_way_that_was_set_wrongly_is_a_matter_of_configuration() {
    check_unreached(
        || TransportError::BadProxy { reason: "?" },
        Configuration,
        None,
    );
    check_unreached(
        || TransportError::PlainHttp { host: host() },
        Configuration,
        None,
    );
    let source = || io::Error::other("?");
    let error = || TransportError::CaBundle {
        path: "ca.pem".into(),
        source: source(),
    };
    check_unreached(error, Configuration, None);
}

#[test]
fn a_clock_that_is_off_comes_before_what_it_led_to() {
    let check = |source: &dyn Fn() -> sso_session::Error, kind| {
        let hint = Some("set the clock of this machine");
        let skew = ClockSkew(time::Duration::hours(1));
        let of_session = sso_session::Error::ClockOff {
            skew,
            source: source().into(),
        };
        check(of_session, kind, hint);
        let of_credentials = sso_credentials::Error::ClockOff {
            skew,
            source: Box::new(source().into()),
        };
        check(of_credentials, kind, hint);
    };
    check(&|| sign_in_required(Some("s"), None), Configuration);
    let refused = || service_error(404, "ResourceNotFoundException", None);
    check(&|| portal(refused()), Service);
}

#[test]
fn an_error_from_another_crate_keeps_its_kind_and_hint() {
    let usage = || sso_config::Error::DurationNotApplicable;
    let hint = Some("leave --duration out");
    check(sso_session::Error::from(usage()), Usage, hint);
    check(sso_credentials::Error::from(usage()), Usage, hint);
    let required = sso_credentials::Error::from(sign_in_required(Some("s"), None));
    check(required, Configuration, Some("acme-login --sso-session s"));
}

#[test]
fn nobodys_approval_calls_for_another_start() {
    let timeout = Duration::from_secs(600);
    check(
        sso_session::Error::NotApproved { timeout },
        Other,
        Some("start again"),
    );
    let taken = |port| sso_session::Error::Listen {
        port,
        source: io::ErrorKind::AddrInUse.into(),
    };
    check(taken(None), Other, None);
    check(
        taken(NonZeroU16::new(8400)),
        Other,
        Some("end the program that has the port, or choose another with --redirect-port"),
    );
}

/// Returns what is wrong with the way to the credentials of the profile `dev`.
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
fn what_is_wrong_with_a_chain_comes_with_what_mends_it() {
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    let check = |lines: &str, hint: &str| {
        let error = error_of_chain(&format!("[profile dev]\n{lines}"));
        check(error, Configuration, Some(hint));
    };
    check(
        "region = x\n",
        "add sso_session, sso_account_id and sso_role_name to [profile dev], or choose another with --profile",
    );
    check(
        &format!("{role}source_profile = my base\n"),
        "add [profile 'my base'], or let source_profile name another",
    );
    check(role, "add source_profile below [profile dev]");
    check(
        &format!("{role}source_profile = dev\n"),
        "let the source_profile or the credential_process of one of them lead elsewhere",
    );
    check(
        "web_identity_token_file = x\n",
        "the AWS CLI can: aws configure export-credentials --profile dev",
    );
    check(
        "credential_process = 'x\n",
        "close the quotes, and name a program",
    );
}

#[test]
fn a_life_for_credentials_that_have_none_is_a_matter_of_the_arguments() {
    let error = error_of_chain("[profile dev]\naws_access_key_id = a\naws_secret_access_key = b\n");
    check(error, Usage, Some("leave --duration out"));
}

#[test]
fn a_role_that_is_not_given_comes_with_what_to_look_at() {
    let check = |source: StsError, kind: FailureKind, hint: Option<&str>| {
        let error = sso_credentials::Error::AssumeRole {
            profile: "my dev".into(),
            role_arn: "arn".to_owned(),
            source: source.into(),
        };
        check(error, kind, hint);
    };
    let refused = |status, code| StsError::from(service_error(status, code, None));
    check(
        refused(403, "AccessDenied"),
        Service,
        Some(
            "compare role_arn, source_profile, external_id and mfa_serial of [profile 'my dev'] with whom the role trusts",
        ),
    );
    let keys = Some("look at the keys of the source_profile of [profile 'my dev']");
    check(refused(403, "ExpiredToken"), Service, keys);
    check(StsError::MalformedKeys, Service, keys);
    let region = Some("choose another region, or let it be enabled");
    check(refused(403, "RegionDisabledException"), Service, region);
    check(
        refused(400, "Throttling"),
        Service,
        Some("try again in a minute"),
    );
    check(refused(400, "ValidationError"), Service, None);
    let unsafe_address = TransportError::PlainHttp {
        host: "sts.example".to_owned(),
    };
    check(unsafe_address.into(), Configuration, None);
}
