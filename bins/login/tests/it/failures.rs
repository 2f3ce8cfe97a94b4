use std::time::Duration;

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::{Browser, Proxy, TestEnv};

use crate::home;

#[test]
fn every_invalid_response_is_a_one_line_error() {
    let check = |fault: Fault, status, words| {
        let (center, mut env) = home();
        env.set("AWS_MAX_ATTEMPTS", "1");
        center.fail_always(Operation::RegisterClient, fault);
        env.run("sso-login --profile dev --no-browser")
            .expect_error(status, words);
    };
    check(Fault::CaptivePortal, 255, "is a web page");
    check(Fault::Huge(3 << 20), 255, "larger than 1048576 bytes");
    check(Fault::InvalidJson, 255, "is truncated");
    check(Fault::Empty, 255, "is truncated");
    check(
        Fault::Redirect("https://evil.example.com/".to_owned()),
        255,
        "redirected to evil.example.com",
    );
    check(Fault::Status(500, json!({})), 254, "status 500");
    check(
        Fault::oidc("invalid_scope"),
        254,
        "check sso_registration_scopes",
    );
    check(
        Fault::oidc("invalid_request"),
        254,
        "compare sso_start_url and sso_region",
    );
    check(Fault::kms("KMS_DisabledException"), 254, "KMS key");
    check(
        Fault::Amend(json!({"clientId": null})),
        255,
        "missing or invalid fields",
    );
}

#[test]
fn transient_service_errors_are_retried() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    center.fail_next(Operation::RegisterClient, Fault::Status(503, json!({})));
    center.fail_next(
        Operation::RegisterClient,
        Fault::Throttle(Some(Duration::from_secs(1))),
    );
    env.run("sso-login --profile legacy --no-browser")
        .expect_code(0);
    assert_eq!(center.count(Operation::RegisterClient), 3);
}

#[test]
fn throttling_with_status_400_is_retried_for_each_operation() {
    let named = |field: &str, name: &str| Fault::Status(400, json!({ field: name }));
    let check = |register: Fault, authorize: Fault| {
        let (center, env) = home();
        center.set_consent(Consent::Granted);
        center.fail_next(Operation::RegisterClient, register);
        center.fail_next(Operation::StartDeviceAuthorization, authorize);
        env.run("sso-login --profile legacy --no-browser")
            .expect_code(0);
        assert_eq!(center.count(Operation::RegisterClient), 2);
        assert_eq!(center.count(Operation::StartDeviceAuthorization), 2);
    };
    check(
        Fault::oidc("slow_down"),
        named("code", "ThrottlingException"),
    );
    check(
        named("Code", "a#SlowDownException:http://x"),
        Fault::oidc("slow_down"),
    );
    check(
        named("error", "slow_down"),
        named("__type", "a#ThrottlingException"),
    );
}

#[test]
fn requested_pause_of_an_hour_ends_the_sign_in() {
    let hour = Duration::from_secs(3600);
    for operation in [
        Operation::RegisterClient,
        Operation::StartDeviceAuthorization,
        Operation::CreateToken,
    ] {
        let (center, env) = home();
        center.fail_always(operation, Fault::Throttle(Some(hour)));
        let failed = env
            .run("sso-login --profile legacy --no-browser")
            .expect_code(254);
        assert!(
            failed.stderr().ends_with(
                "the sign-in service is throttling requests: slow down (TooManyRequestsException, status \
                 429); the service requests a pause of 60m\nhint: try again in 60m\n"
            ),
            "{failed}"
        );
        assert_eq!(center.count(operation), 1);
    }
}

#[test]
fn a_connection_failure_names_the_service_and_the_address() {
    let mut env = TestEnv::offline();
    env.set("AWS_MAX_ATTEMPTS", "1");
    env.write_config(TestEnv::SAMPLE_CONFIG);
    assert_snapshot!(env.run("sso-login --profile dev --no-browser"), @"
    $ sso-login --profile dev --no-browser
    --- stderr
    sso-login: error: RegisterClient failed: no valid response from the sign-in service: 127.0.0.1:[PORT] (the endpoint URL in AWS_ENDPOINT_URL) refused the connection
    hint: check AWS_ENDPOINT_URL, the network connection and the proxy settings (HTTPS_PROXY)
    --- exit: 255
    ");
}

#[test]
fn clock_skew_is_reported() {
    let (center, env) = home();
    center.fail_always(Operation::CreateToken, Fault::DateSkew(3630));
    let mut login = env.start("sso-login --profile legacy --no-browser");
    login.wait_for_line(|line| line.starts_with("http"));
    center.advance(Duration::from_secs(3600));
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile legacy --no-browser
    --- stderr
    Using a browser, open the following URL:

    http://127.0.0.1:[PORT]/device

    and enter the following code:

        [USER_CODE]

    Approve the request only if you started it and the browser shows the same code.
    Waiting for approval (10m at most)
    sso-login: error: the local clock is 1h behind the service's clock: CreateToken failed: the device code or token has expired: the device code has expired (ExpiredTokenException, status 400)
    hint: correct the system clock
    hint: sign in again, and approve the request before it expires
    --- exit: 254
    ");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait_and_leaves_no_files() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    login.wait_for_line(|line| line.starts_with("Waiting for the browser"));
    login.interrupt();
    let interrupted = login.finish();
    assert_snapshot!(interrupted, @"
    $ sso-login --profile dev --no-browser
    --- stderr
    Using a browser on this machine, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Waiting for the browser (10m at most)

    sso-login: error: interrupted
    --- exit: 130
    ");
    let left: Vec<_> = env
        .files()
        .into_iter()
        .filter(|path| path.contains(".tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(
        !env.files()
            .iter()
            .any(|path| path.contains(TestEnv::TOKEN_OF_MY_SSO))
    );
}

#[cfg(unix)]
#[test]
fn no_request_is_sent_if_the_token_cannot_be_saved() {
    let (center, env) = home();
    env.write(".aws/sso", "in the way");
    env.run("sso-login --profile dev --no-browser")
        .expect_code(253);
    assert!(center.requests().is_empty());
}

fn check_message(command: &str, operation: Operation, fault: Fault, error: &str, hint: &str) {
    let (center, mut env) = home();
    env.set("AWS_MAX_ATTEMPTS", "1");
    center.fail_always(operation, fault);
    let login = env.run(command).expect_code(254);
    assert!(login.stderr().contains(error), "no {error:?} in {login}");
    let hint = format!("\nhint: {hint}");
    assert!(login.stderr().contains(&hint), "no {hint:?} in {login}");
}

#[test]
fn a_wrong_region_or_start_url_is_reported_with_both() {
    let check = |command: &str, operation, fault| {
        check_message(
            command,
            operation,
            Fault::oidc(fault),
            "error: the sign-in service in us-east-1 does not know start URL https://my-sso-portal.awsapps.com/start: ",
            "compare sso_start_url and sso_region with the settings of IAM Identity Center",
        );
    };
    let (session, legacy) = ("sso-login --profile dev", "sso-login --profile legacy");
    check(session, Operation::RegisterClient, "invalid_request");
    check(
        legacy,
        Operation::StartDeviceAuthorization,
        "invalid_request",
    );
    check(legacy, Operation::StartDeviceAuthorization, "invalid_grant");
    check(legacy, Operation::CreateToken, "invalid_grant");
}

#[test]
fn a_start_url_with_an_unknown_host_has_its_own_error() {
    let (_center, env) = home();
    let login = env.run("sso-login --start-url https://portal.invalid/start");
    login.expect_error(
        253,
        "error: cannot resolve start URL https://portal.invalid/start: the request failed: ",
    );
}

#[test]
fn rejected_scopes_are_reported_for_each_operation() {
    let session = "sso-login --profile dev";
    let (error, hint) = (
        "a registration scope is not valid",
        "check sso_registration_scopes",
    );
    check_message(
        session,
        Operation::RegisterClient,
        Fault::oidc("invalid_scope"),
        error,
        hint,
    );

    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    let page = Browser::new().visit(&login.wait_for_url());
    let [redirect_uri, state] = ["redirect_uri", "state"].map(|name| page.query(name).unwrap());
    Browser::new().visit(&format!("{redirect_uri}?error=invalid_scope&state={state}"));
    let login = login.finish();
    assert!(
        login
            .stderr()
            .contains("\nhint: check sso_registration_scopes\n"),
        "{login}"
    );
    login.expect_error(254, "error: the sign-in failed: invalid_scope");
}

#[test]
fn kms_errors_have_a_hint_for_each_reason() {
    let check = |reason: &str, hint: &str| {
        let hint = format!("ask an administrator of your organisation to fix this: {hint}");
        let device = Operation::StartDeviceAuthorization;
        let legacy = "sso-login --profile legacy";
        check_message(
            legacy,
            device,
            Fault::kms(reason),
            "the KMS key cannot be used",
            &hint,
        );
    };
    check(
        "KMS_AccessDeniedException",
        "IAM Identity Center is not allowed to use its KMS key",
    );
    check(
        "KMS_NotFoundException",
        "the KMS key of IAM Identity Center does not exist",
    );
    check(
        "KMS_InvalidKeyUsageException",
        "the KMS key of IAM Identity Center has the wrong key usage",
    );
    check(
        "KMS_InvalidStateException",
        "the KMS key of IAM Identity Center is in an invalid state",
    );
    check(
        "KMS_DisabledException",
        "the KMS key of IAM Identity Center is disabled",
    );
}

#[test]
fn a_registration_unknown_to_the_service_is_replaced_and_the_sign_in_repeated() {
    let (center, env) = home();
    let login_once = || {
        let mut login = env.start("sso-login --profile dev --no-browser --force");
        Browser::new().approve(&login.wait_for_url());
        login
    };
    login_once().finish().expect_code(0);
    center.fail_next(Operation::CreateToken, Fault::oidc("invalid_client"));
    let mut login = login_once();
    let warning = login
        .wait_for_line(|line| line.contains("signing in again with a new client registration"));
    assert!(
        warning.contains("the client registration is invalid or has expired"),
        "{warning}"
    );
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    assert_eq!(center.count(Operation::RegisterClient), 2);
}

#[test]
fn a_refusing_proxy_is_reported() {
    let proxy = Proxy::refusing();
    let mut env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.unset("AWS_ENDPOINT_URL");
    env.set("AWS_MAX_ATTEMPTS", "1");
    env.set("HTTPS_PROXY", proxy.url());
    let login = env.run("sso-login --profile dev");
    assert!(
        login
            .stderr()
            .contains("\nhint: check HTTPS_PROXY and NO_PROXY\n"),
        "{login}"
    );
    login.expect_error(255, "proxy");
    assert_eq!(proxy.targets(), ["oidc.us-east-1.amazonaws.com:443"]);
}
