use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;
use sso_test_support::{Browser, TestEnv};

use crate::home;

#[test]
fn a_valid_token_is_reused_without_requests() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    assert_snapshot!(env.run("sso-login --profile dev"), @"
    $ sso-login --profile dev
    --- stderr
    Already signed in to SSO session my-sso.
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn a_token_about_to_expire_is_refreshed_without_a_browser() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    let old = center.sign_in(&["sso:account:access"]);
    env.plant_my_sso(&old);
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    assert_snapshot!(env.run("sso-login --profile dev"), @"
    $ sso-login --profile dev
    --- stderr
    Already signed in to SSO session my-sso.
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    let new = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert_ne!(new["accessToken"], old.access_token.as_str());
    assert_ne!(new["refreshToken"], old.refresh_token.unwrap().as_str());
}

#[test]
fn a_valid_token_is_not_enough_if_the_refresh_that_the_minimum_requires_fails() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let fault = Fault::Status(503, serde_json::json!({}));
    center.fail_always(Operation::CreateToken, fault);
    env.run("sso-login --profile dev").expect_code(254);
    env.run("sso-login --profile dev --min-validity 15m")
        .expect_code(254);
}

#[test]
fn a_short_min_validity_reuses_a_short_lived_token() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.run("sso-login --profile dev --min-validity 5m")
        .expect_code(0);
    assert!(center.requests().is_empty());
}

#[test]
fn an_ended_session_requires_the_browser() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(1));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.end_session();
    let mut login = env.start("sso-login --profile dev --no-browser");
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
}

#[test]
fn a_refresh_that_is_refused_in_any_words_requires_the_browser() {
    for fault in [
        Fault::oidc("unauthorized_client"),
        Fault::oidc("invalid_request"),
        Fault::Status(400, serde_json::json!({ "error": "something_new" })),
        Fault::Status(403, serde_json::json!({})),
    ] {
        let (center, env) = home();
        center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(1));
        env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
        center.fail_next(Operation::CreateToken, fault);
        let mut login = env.start("sso-login --profile dev --no-browser");
        center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
        Browser::new().approve(&login.wait_for_url());
        login.finish().expect_code(0);
        assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    }
}

#[test]
fn force_signs_in_although_the_token_is_valid() {
    let (center, env) = home();
    let old = center.sign_in(&["sso:account:access"]);
    env.plant_my_sso(&old);
    let mut login = env.start("sso-login --profile dev --force --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    let new = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert_ne!(new["accessToken"], old.access_token.as_str());
}

#[test]
fn unknown_fields_survive_a_refresh() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    let mut token = center
        .sign_in(&["sso:account:access"])
        .token_file(TestEnv::START_URL, "us-east-1");
    token["fromTheFuture"] = serde_json::json!({"a": [1, 2]});
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    env.run("sso-login --profile dev").expect_code(0);
    let new = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert_eq!(new["fromTheFuture"], token["fromTheFuture"]);
}

#[test]
fn a_corrupt_token_file_is_reported_quarantined_and_replaced() {
    let (_center, env) = home();
    env.write(
        format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO),
        r#"{"accessToken": "aoa"#,
    );
    let mut login = env.start("sso-login --profile dev --no-browser");
    Browser::new().approve(&login.wait_for_url());
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev --no-browser
    --- stderr
    sso-login: warning: the cache file [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json is corrupt: invalid JSON at line 1, column 20; it counts as missing
    Using a browser on this machine, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Waiting for the browser (10m at most)
    sso-login: warning: the cache file [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json is corrupt: invalid JSON at line 1, column 20; it was quarantined as [HOME]/.aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.corrupt
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
    let new = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert!(new["accessToken"].is_string());
    let quarantined: Vec<_> = env
        .files()
        .into_iter()
        .filter(|path| path.contains("corrupt"))
        .collect();
    assert_eq!(quarantined.len(), 1, "{quarantined:?}");
    assert_eq!(env.read(&quarantined[0]), br#"{"accessToken": "aoa"#);
}

/// Another program may be able to use the file.
#[test]
fn an_interrupted_sign_in_leaves_a_corrupt_token_file_in_its_place() {
    let (_center, env) = home();
    let path = format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO);
    env.write(&path, r#"{"accessToken": "aoa"#);
    for device_code in ["", " --use-device-code"] {
        let line = format!("sso-login --profile dev --no-browser{device_code}");
        let mut login = env.start(&line);
        login.wait_for_url();
        login.kill();
        assert_eq!(env.read(&path), br#"{"accessToken": "aoa"#, "{line}");
    }
}

#[test]
fn new_session_signs_out_first() {
    let (center, env) = home();
    let old = center.sign_in(&["sso:account:access"]);
    env.plant_my_sso(&old);
    let mut login = env.start("sso-login --profile dev --force --new-session --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    let order: Vec<_> = center.requests().iter().map(|it| it.operation).collect();
    let position = |operation| order.iter().position(|it| *it == operation);
    assert!(position(Operation::Logout).unwrap() < position(Operation::Authorize).unwrap());
}

#[test]
fn a_failed_sign_out_before_a_new_session_is_a_warning() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.fail_always(Operation::Logout, Fault::portal("InvalidRequestException"));
    let mut login = env.start("sso-login --profile dev --force --new-session --no-browser");
    let warning =
        login.wait_for_line(|line| line.contains("the access portal session may continue"));
    assert!(warning.starts_with("sso-login: warning: Logout failed"));
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
}

#[test]
fn new_session_without_a_token_sends_no_logout() {
    let (center, env) = home();
    let mut login = env.start("sso-login --profile dev --force --new-session --no-browser");
    Browser::new().approve(&login.wait_for_url());
    let login = login.finish().expect_code(0);
    assert!(!login.stderr().contains("warning"), "{login}");
    assert_eq!(center.count(Operation::Logout), 0);
}
