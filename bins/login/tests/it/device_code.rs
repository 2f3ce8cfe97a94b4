use std::time::Duration;

use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use sso_test_support::{Browser, Relay, TestEnv};

use crate::{approve_code, home, shown_code};

#[test]
fn a_legacy_profile_signs_in_with_a_device_code() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile legacy --no-browser");
    approve_code(&mut login);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile legacy --no-browser
    --- stderr
    Using a browser, open the following URL:

    http://127.0.0.1:[PORT]/device

    and enter the following code:

        [USER_CODE]

    Approve the request only if you started it and the browser shows the same code.
    Waiting for approval (10m at most)
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (7h 59m); sign in again after that.
    --- exit: 0
    ");
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY));
    assert!(
        token.get("refreshToken").is_none(),
        "a legacy token is not refreshable"
    );
}

#[test]
fn a_session_signs_in_with_a_device_code_on_request() {
    let (center, env) = home();
    let mut login = env.start("sso-login --sso-session my-sso --use-device-code");
    approve_code(&mut login);
    assert_snapshot!(login.finish(), @"
    $ sso-login --sso-session my-sso --use-device-code
    --- stderr
    If the browser does not open or you wish to use a different device to authorize this request, open the following URL:

    http://127.0.0.1:[PORT]/device

    Then enter the code:

        [USER_CODE]

    Approve the request only if you started it and the browser shows the same code.
    Waiting for approval (10m at most)
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
    let registration = env.read_json(env.sso_cache().join(TestEnv::REGISTRATION_OF_MY_SSO));
    assert!(
        registration.get("grantTypes").is_none(),
        "the AWS CLI writes no grantTypes for the device grant"
    );
    assert!(center.count_grants(DEVICE_CODE) >= 2);
}

/// A server may close an idle connection at the moment of a request, whose code is then lost.
#[test]
fn each_request_with_the_device_code_uses_a_new_connection() {
    let (center, mut env) = home();
    let relay = Relay::plain(center.address());
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", relay.url());
    center.set_consent(Consent::Granted);
    let login = "sso-login --sso-session my-sso --use-device-code --no-browser";
    env.run(login).expect_code(0);
    assert_eq!(center.count_grants(DEVICE_CODE), 1);
    assert_eq!(relay.connections(), 2);
}

#[test]
fn a_device_code_is_not_polled_after_the_cache_becomes_unusable() {
    let (center, env) = home();
    center.configure(|settings| settings.device_code_lifetime = Duration::from_secs(20));
    let mut login = env.start("sso-login --profile legacy --no-browser");
    login.wait_for_url();
    env.run("sh -c 'cd .aws/sso/cache; mv aws-sso-tools moved; : >aws-sso-tools'")
        .expect_code(0);
    let before = center.count_grants(DEVICE_CODE);
    let login = login.finish().expect_code(253);
    assert!(login.stderr().contains("aws-sso-tools"), "{login}");
    // One request may have been in progress.
    assert!(center.count_grants(DEVICE_CODE) <= before + 1, "{login}");
}

#[test]
fn an_already_approved_device_code_is_not_shown() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    assert_snapshot!(env.run("sso-login --profile legacy --no-browser"), @"
    $ sso-login --profile legacy --no-browser
    --- stderr
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (7h 59m); sign in again after that.
    --- exit: 0
    ");
}

#[test]
fn denied_and_expired_device_codes_have_different_errors() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile legacy --no-browser");
    let url = login.wait_for_url();
    let code = shown_code(&mut login);
    let page = Browser::new().visit(&format!("{url}?user_code={}", &code));
    Browser::new().deny(&page.url);
    let denied = login.finish().expect_code(254);
    assert!(denied.stderr().contains("denied"), "{denied}");
    let hint = "\nhint: sign in again, and allow the request in the browser; if you did, ask your \
                administrator for access\n";
    assert!(denied.stderr().ends_with(hint), "{denied}");

    let (center, env) = home();
    let login = {
        let mut login = env.start("sso-login --profile legacy --no-browser");
        login.wait_for_url();
        center.advance(std::time::Duration::from_secs(3600));
        login
    };
    let expired = login.finish().expect_code(254);
    assert!(
        expired
            .stderr()
            .contains("the device code or token has expired"),
        "{expired}"
    );
    let hint = "\nhint: sign in again, and approve the request before it expires\n";
    assert!(expired.stderr().ends_with(hint), "{expired}");
}

#[test]
fn polling_continues_after_server_errors() {
    let (center, env) = home();
    let mut login = env.start("sso-login --profile legacy --no-browser");
    let url = login.wait_for_url();
    let code = shown_code(&mut login);
    center.fail_next(
        Operation::CreateToken,
        Fault::Status(503, serde_json::json!({})),
    );
    center.fail_next(
        Operation::CreateToken,
        Fault::Status(500, serde_json::json!({"error": "server_error"})),
    );
    Browser::new().approve_code(&url, &code);
    login.finish().expect_code(0);
}

#[test]
fn a_registration_unknown_to_the_service_is_replaced_once() {
    let (center, env) = home();
    let unknown = Emulator::start().sign_in(&["sso:account:access"]);
    let mut registration = unknown.registration_file(&["sso:account:access"]);
    registration.as_object_mut().unwrap().remove("grantTypes");
    env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
    center.set_consent(Consent::Granted);
    env.run("sso-login --sso-session my-sso --use-device-code")
        .expect_code(0);
    assert_eq!(center.count(Operation::RegisterClient), 1);
}
