//! Repeated selections.

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::Value;
use sso_test_support::{TestEnv, Transcript};

use crate::home;

const OTHER_URL: &str = "https://ssoins-12.portal.eu-west-1.app.aws";

fn consenting_home() -> (Emulator, TestEnv) {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    (center, env)
}

/// Returns the names of the sessions, or the start URLs of those without a name.
fn sessions(login: &Transcript) -> Vec<String> {
    let document: Value = serde_json::from_str(login.stdout()).unwrap();
    let label = |it: &Value| {
        it["sessionName"]
            .as_str()
            .or(it["startUrl"].as_str())
            .unwrap()
            .to_owned()
    };
    document.as_array().unwrap().iter().map(label).collect()
}

#[test]
fn each_selected_session_is_signed_in_to_once() {
    let check = |selection: &str, expected: &[&str]| {
        for force in ["", " --force"] {
            let (center, env) = consenting_home();
            let line = format!("sso-login --use-device-code --json{force} {selection}");
            let login = env.run(&line).expect_code(0);
            assert_eq!(sessions(&login), expected, "{login}");
            let count = center.count(Operation::StartDeviceAuthorization);
            assert_eq!(count, expected.len(), "{login}");
        }
    };
    let legacy = TestEnv::START_URL;
    check("--profile dev --profile legacy", &["my-sso", legacy]);
    check("-p dev -p prod", &["my-sso"]);
    check("dev legacy", &["my-sso", legacy]);
    check("dev my-sso -p prod", &["my-sso"]);
    check("-p legacy my-sso", &["my-sso", legacy]);
    check(&format!("{OTHER_URL} dev"), &[OTHER_URL, "my-sso"]);
    check(
        &format!("{OTHER_URL} {OTHER_URL}/#/ --start-url {OTHER_URL}"),
        &[OTHER_URL],
    );
    check("--sso-session my-sso --profile dev", &["my-sso"]);
    check(
        &format!("--start-url {OTHER_URL} --sso-session my-sso"),
        &["my-sso", OTHER_URL],
    );
    check(
        &format!("--start-url {OTHER_URL} --start-url {OTHER_URL}/#/"),
        &[OTHER_URL],
    );
}

#[test]
fn one_selection_prints_one_object() {
    let (_center, env) = consenting_home();
    let login = env.run("sso-login -p dev --use-device-code --json");
    let document: Value = serde_json::from_str(login.expect_code(0).stdout()).unwrap();
    assert_eq!(document["sessionName"], "my-sso");
}

#[test]
fn a_name_selects_a_profile_or_else_a_session() {
    let (_center, env) = consenting_home();
    let names = "[profile my-sso]\nsso_session = other\n[profile -x]\nsso_session = other\n\
                 [sso-session other]\nsso_start_url = https://other.awsapps.com/start\n\
                 sso_region = us-east-1\n";
    let check = |arguments: &str, session: &str| {
        let line = format!("sso-login --use-device-code --json --force {arguments}");
        let login = env.run(&line).expect_code(0);
        let document: Value = serde_json::from_str(login.stdout()).unwrap();
        assert_eq!(document["sessionName"], session, "{login}");
    };
    check("my-sso", "my-sso");
    env.write_config(&[TestEnv::SAMPLE_CONFIG, names].concat());
    check("my-sso", "other");
    check("--sso-session my-sso", "my-sso");
    check("other", "other");
    check("-- -x", "other");
    let unknown = env.run("sso-login othr").expect_code(253);
    assert!(
        unknown.stderr().contains("hint: did you mean other?"),
        "{unknown}"
    );
}

#[test]
fn a_url_with_a_scheme_is_a_start_url() {
    let (_center, env) = consenting_home();
    let url = "https://my-portal.awsapps.com/start";
    let line = format!("sso-login {url} --sso-region us-east-1 --json");
    let login = env.run(&line).expect_code(0);
    let document: Value = serde_json::from_str(login.stdout()).unwrap();
    assert_eq!(document["startUrl"], url, "{login}");
    assert_eq!(document["sessionName"], Value::Null, "{login}");
}

#[test]
fn a_selection_that_does_not_exist_is_an_error_before_the_first_sign_in() {
    let (center, env) = consenting_home();
    for selection in ["--profile dev --profile missing", "dev missing"] {
        env.run(&format!("sso-login --use-device-code {selection}"))
            .expect_error(253, "missing");
    }
    assert!(center.requests().is_empty());
}

#[test]
fn a_failed_sign_in_does_not_stop_the_other_selected_ones() {
    let (center, env) = consenting_home();
    let fault = Fault::oidc("invalid_request");
    center.fail_next(Operation::StartDeviceAuthorization, fault);
    let login = env.run("sso-login --use-device-code --json --profile dev --profile legacy");
    let login = login.expect_code(254);
    assert_eq!(sessions(&login), [TestEnv::START_URL], "{login}");
    assert!(
        login.stderr().ends_with("error: 1 of 2 sign-ins failed\n"),
        "{login}"
    );
}

#[test]
fn a_session_whose_sign_in_failed_is_not_signed_in_to_again() {
    let check = |selection: &str, attempts: usize, result: &str| {
        let (center, env) = consenting_home();
        let fault = Fault::oidc("invalid_request");
        center.fail_always(Operation::StartDeviceAuthorization, fault);
        let login = env.run(&format!("sso-login --use-device-code --force {selection}"));
        let login = login.expect_code(254);
        let count = center.count(Operation::StartDeviceAuthorization);
        assert_eq!(count, attempts, "{login}");
        let end = format!("error: {result} sign-ins failed\n");
        assert!(login.stderr().ends_with(&end), "{login}");
    };
    let url = TestEnv::START_URL;
    check("-p dev -p dev -p prod", 1, "1 of 1");
    check("-p dev -p legacy --sso-session my-sso", 2, "2 of 2");
    check(
        &format!("--start-url {OTHER_URL} --start-url {OTHER_URL}/#/"),
        1,
        "1 of 1",
    );
    check(
        &format!("-p legacy --start-url {url} --sso-region us-east-1"),
        1,
        "1 of 1",
    );
    check(
        &format!("-p dev --start-url {url} --sso-region us-east-1"),
        2,
        "2 of 2",
    );
}
