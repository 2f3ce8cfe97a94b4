//! Findings of `check` about cached tokens.

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use serde_json::{Value, json};
use sso_test_support::TestEnv;

use crate::{SESSION, signed_in};

const CHECK: &str = "sso-configure check --offline";

/// Checks the findings about a token with other values of some fields: code and hint.
fn check(config: &str, fields: &[(&str, Value)], expected: Option<(&str, &str)>) {
    let (_center, env) = signed_in(config);
    let mut file = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    for (name, value) in fields {
        file[name] = value.clone();
    }
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
    let run = env.run(CHECK);
    let Some((code, hint)) = expected else {
        assert_eq!((run.stdout(), run.code()), ("", Some(0)), "{run}");
        return;
    };
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let start = format!(
        "{}: {}: {code}: the token for SSO session my-sso ",
        token.display(),
        severity(code)
    );
    assert!(run.stdout().starts_with(&start), "{run}");
    assert!(
        run.stdout().ends_with(&format!("  hint: {hint}\n")),
        "{run}"
    );
    assert_eq!(run.stdout().matches("SSO session").count(), 1, "{run}");
    assert_eq!(run.code(), Some(1), "{run}");
}

fn severity(code: &str) -> &'static str {
    match code {
        "token-mismatch" | "token-refused" => "error",
        _ => "advice",
    }
}

const SIGN_IN: &str = "sso-login --sso-session my-sso";
const FORCED: &str = "sso-login --sso-session my-sso --force";

#[test]
fn a_token_of_another_portal_is_a_finding() {
    let url = |url: &str| ("startUrl", json!(url));
    let region = |region: &str| ("region", json!(region));
    let past = ("expiresAt", json!("2020-01-01T00:00:00Z"));
    let mismatch = Some(("token-mismatch", SIGN_IN));
    let other = "https://other.awsapps.com/start";
    check(SESSION, &[url(other)], mismatch);
    check(SESSION, &[region("eu-west-1")], mismatch);
    // It can still be refreshed.
    check(SESSION, &[url(other), past.clone()], mismatch);
    check(
        SESSION,
        &[url(other), past, ("refreshToken", json!(null))],
        None,
    );
    check(
        SESSION,
        &[url("https://My-Sso-Portal.awsapps.com/start/#/")],
        None,
    );
    check(
        SESSION,
        &[("startUrl", json!(null)), ("region", json!(null))],
        None,
    );
}

#[test]
fn a_token_that_cannot_be_refreshed_is_a_finding_while_it_is_valid() {
    let null = |field| (field, json!(null));
    let past = |field| (field, json!("2020-01-01T00:00:00Z"));
    let unrefreshable = Some(("unrefreshable-token", FORCED));
    for field in ["clientId", "clientSecret", "registrationExpiresAt"] {
        check(SESSION, &[null(field)], unrefreshable);
        check(SESSION, &[null(field), null("refreshToken")], None);
    }
    check(SESSION, &[past("registrationExpiresAt")], unrefreshable);
    check(
        SESSION,
        &[past("expiresAt"), past("registrationExpiresAt")],
        None,
    );
    check(SESSION, &[past("expiresAt"), null("clientId")], None);
    check(SESSION, &[past("expiresAt")], None);
}

#[test]
fn a_token_that_expires_later_than_possible_is_a_finding() {
    let late = "correct the system clock, then sign in again";
    let at = |time: &str| ("expiresAt", json!(time));
    check(
        SESSION,
        &[at("2999-01-01T00:00:00Z")],
        Some(("late-expiry", late)),
    );
    check(SESSION, &[], None);
}

#[test]
fn a_token_without_a_requested_scope_is_a_finding() {
    let check = |scopes: &str, registered: &[&str], is_found: bool| {
        let center = Emulator::start();
        let env = TestEnv::new(&center);
        env.write_config(&SESSION.replace("sso:account:access", scopes));
        let tokens = center.sign_in(registered);
        env.plant_my_sso(&tokens);
        let file = tokens.registration_file(registered);
        env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &file);
        let run = env.run(CHECK);
        assert_eq!(
            run.stdout().contains(": missing-scopes: "),
            is_found,
            "{run}"
        );
        assert_eq!(run.code(), Some(i32::from(is_found)), "{run}");
    };
    check("sso:account:access", &["sso:account:access"], false);
    check("sso:account:access, b", &["sso:account:access"], true);
    check("sso:account:access", &["sso:account:access", "b"], false);
    check("b", &["sso:account:access"], true);
    check("sso:account:access", &[], true);
    check("", &[], false);
}

#[test]
fn a_token_is_read_but_not_refreshed_or_changed() {
    let (center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    center.advance(std::time::Duration::from_secs(50 * 60));
    let before = env.read(&token);
    for command in [CHECK, "sso-configure check"] {
        env.run(command).expect_code(0);
        assert_eq!(env.read(&token), before);
    }
    assert_eq!(center.count_grants("refresh_token"), 0);
}

#[test]
fn sessions_without_a_token_have_no_findings() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.run(CHECK).expect_code(0);
    let token = json!({"accessToken": "aoaOLD", "expiresAt": "2020-01-01T00:00:00Z"});
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &token);
    env.run(CHECK).expect_code(0);
}

/// Follows the hints, after which the problem is gone.
#[test]
fn the_hints_lead_to_a_sign_in() {
    let check = |field: &str, value: Value, hint: &str| {
        let (center, env) = signed_in(SESSION);
        center.set_consent(Consent::Granted);
        let mut file = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
        file[field] = value;
        env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
        let run = env.run(CHECK).expect_code(1);
        assert!(run.stdout().contains(&format!("  hint: {hint}\n")), "{run}");
        env.run(&format!("{hint} --use-device-code")).expect_code(0);
        env.run(CHECK).expect_code(0);
    };
    check(
        "startUrl",
        json!("https://other.awsapps.com/start"),
        SIGN_IN,
    );
    check("clientSecret", json!(null), FORCED);
}
