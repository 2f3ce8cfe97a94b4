//! Cached tokens of another start URL, of another Region, or with fewer scopes than those in the
//! config file.

use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{Browser, TestEnv};

use crate::home;

const LOGIN: &str = "sso-login --profile dev";

fn signed_in_with(config: &str) -> (Emulator, TestEnv) {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.write_config(config);
    (center, env)
}

fn sample_with(old: &str, new: &str) -> String {
    let config = TestEnv::SAMPLE_CONFIG.replacen(old, new, 1);
    assert_ne!(config, TestEnv::SAMPLE_CONFIG);
    config
}

fn check_reused(center: &Emulator, env: &TestEnv) {
    center.forget_requests();
    env.run(LOGIN).expect_code(0);
    assert!(center.requests().is_empty());
}

/// Checks that a sign-in takes place, and that it is the only one.
fn check_signs_in(center: &Emulator, env: &TestEnv) {
    let mut login = env.start(&format!("{LOGIN} --no-browser"));
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    check_reused(center, env);
    env.run("export-credentials --profile dev").expect_code(0);
}

fn token_of(env: &TestEnv) -> Value {
    env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO))
}

#[test]
fn a_token_of_another_start_url_or_region_counts_as_missing() {
    let check = |old: &str, new: &str, field: &str, expected: &str| {
        let (center, env) = signed_in_with(&sample_with(old, new));
        for program in ["export-credentials", "sso-status"] {
            let run = env.run(&format!("{program} --profile dev"));
            assert!(run.stderr().contains("error: not signed in to"), "{run}");
            assert!(
                run.stderr().ends_with("hint: sso-login --profile dev\n"),
                "{run}"
            );
            run.expect_code(253);
        }
        assert!(center.requests().is_empty());
        check_signs_in(&center, &env);
        assert_eq!(token_of(&env)[field], expected);
    };
    let other = "https://other.awsapps.com/start";
    check(TestEnv::START_URL, other, "startUrl", other);
    check("= us-east-1", "= eu-west-1", "region", "eu-west-1");
}

#[test]
fn an_expired_token_of_another_portal_is_not_refreshed() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = std::time::Duration::ZERO);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.configure(|settings| {
        settings.access_token_lifetime = std::time::Duration::from_secs(3600);
    });
    env.write_config(&sample_with("= us-east-1", "= eu-west-1"));
    env.run("export-credentials --profile dev").expect_code(253);
    assert!(center.requests().is_empty());
    check_signs_in(&center, &env);
}

#[test]
fn a_token_whose_start_url_is_only_spelled_differently_is_reused() {
    for suffix in ["/", "#", "#/", "/#/"] {
        let start_url = format!("{}{suffix}", TestEnv::START_URL);
        let (center, env) = signed_in_with(&sample_with(TestEnv::START_URL, &start_url));
        check_reused(&center, &env);
        env.run("sso-status --profile dev").expect_code(0);
    }
}

#[test]
fn a_token_without_start_url_and_region_is_reused() {
    let (center, env) = signed_in_with(TestEnv::SAMPLE_CONFIG);
    for field in ["region", "startUrl"] {
        let mut token = token_of(&env);
        token[field] = json!(null);
        env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
        check_reused(&center, &env);
        env.run("export-credentials --profile dev").expect_code(0);
    }
}

#[test]
fn a_token_without_a_requested_scope_is_replaced_by_a_sign_in_only() {
    let check = |registered: Option<&[&str]>, scopes: &str, is_reused: bool| {
        let (center, env) = home();
        let tokens = center.sign_in(&["sso:account:access"]);
        env.plant_my_sso(&tokens);
        if let Some(registered) = registered {
            let registration = tokens.registration_file(registered);
            env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
        }
        let setting = "sso_registration_scopes = sso:account:access\n";
        env.write_config(&sample_with(setting, scopes));
        env.run("sso-status --profile dev").expect_code(0);
        env.run("export-credentials --profile dev").expect_code(0);
        assert_eq!(center.count(Operation::CreateToken), 0);
        if is_reused {
            check_reused(&center, &env);
        } else {
            check_signs_in(&center, &env);
        }
    };
    let access = Some(&["sso:account:access"][..]);
    let two = "sso_registration_scopes = sso:account:access, codewhisperer:completions\n";
    let other = Some(&["codewhisperer:completions"][..]);
    check(access, two, false);
    check(Some(&[]), two, false);
    check(other, "", false);
    // Scopes that cannot be determined count as registered.
    check(None, two, true);
    check(access, "", true);
    check(Some(&[]), "", true);
    check(
        other,
        "sso_registration_scopes = codewhisperer:completions\n",
        true,
    );
}
