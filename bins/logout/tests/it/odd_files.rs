//! Files that lack fields, and that other programs use nevertheless.

use std::fs;

use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::TestEnv;

use crate::{
    CREDENTIALS_OF_LEGACY, CREDENTIALS_OF_NO_PROFILE, cached, role_credentials, signed_in,
};

const OTHER_KEY: &str = "4444444444444444444444444444444444444444.json";
const UNUSABLE_KEY: &str = "5555555555555555555555555555555555555555.json";

fn change_token(env: &TestEnv, name: &str, change: impl FnOnce(&mut Value)) {
    let mut token = env.read_json(env.sso_cache().join(name));
    change(&mut token);
    env.plant_sso_file(name, &token);
}

/// Checks that `selection` removes the tokens and ends their sessions, with `start_url` in them.
fn check_start_url(start_url: &Value, selection: &str) {
    let (center, env) = signed_in();
    for name in [TestEnv::TOKEN_OF_MY_SSO, TestEnv::TOKEN_OF_LEGACY] {
        change_token(&env, name, |token| token["startUrl"] = start_url.clone());
    }
    env.run(&format!("sso-logout {selection}")).expect_code(0);
    assert!(
        cached(&env).is_empty(),
        "{start_url} {selection}: {:?}",
        cached(&env)
    );
    assert_eq!(
        center.count(Operation::Logout),
        2,
        "{start_url} {selection}"
    );
}

#[test]
fn tokens_without_a_usable_start_url_are_removed_under_the_keys_of_sessions() {
    let all = "--start-url https://my-sso-portal.awsapps.com/start";
    for start_url in [json!(null), json!(7), json!([]), json!(""), json!({"a": 1})] {
        for selection in ["", "--profile dev --profile legacy", all] {
            check_start_url(&start_url, selection);
        }
    }
}

#[test]
fn a_token_without_a_start_url_is_named_by_its_session_or_file() {
    let (_center, env) = signed_in();
    change_token(&env, TestEnv::TOKEN_OF_MY_SSO, |token| {
        token["startUrl"] = Value::Null;
    });
    env.write_config("");
    let logout = env.run("sso-logout --sso-session my-sso").expect_code(0);
    assert!(
        logout.stderr().contains("signed out of SSO session my-sso"),
        "{logout}"
    );
}

#[test]
fn a_token_under_the_key_of_no_session_is_kept_and_listed() {
    let (_center, env) = signed_in();
    let mut token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    token["startUrl"] = Value::Null;
    env.plant_sso_file(OTHER_KEY, &token);
    env.plant_sso_file("toolkit.json", &token);
    // No tool uses a token without an expiry.
    token["expiresAt"] = Value::Null;
    env.plant_sso_file(UNUSABLE_KEY, &token);
    assert_snapshot!(env.run("sso-logout"), @"
    $ sso-logout
    --- stderr
    1 file was kept because it cannot be attributed to a sign-in:
      [HOME]/.aws/sso/cache/4444444444444444444444444444444444444444.json
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
    assert_eq!(cached(&env), [OTHER_KEY, UNUSABLE_KEY, "toolkit.json"]);
}

#[test]
fn role_credentials_of_any_type_are_removed_under_the_keys_of_profiles() {
    for provider in [json!(null), json!(7), json!("login")] {
        for selection in ["", "--profile dev --profile legacy"] {
            let (_center, env) = signed_in();
            let mut credentials = role_credentials();
            credentials["ProviderType"] = provider.clone();
            for name in [TestEnv::CREDENTIALS_OF_DEV, CREDENTIALS_OF_LEGACY] {
                env.plant_cli_file(name, &credentials);
            }
            env.run(&format!("sso-logout {selection}")).expect_code(0);
            assert!(
                cached(&env).is_empty(),
                "{provider} {selection}: {:?}",
                cached(&env)
            );
        }
    }
}

#[test]
fn role_credentials_of_no_profile_and_no_type_are_kept_and_listed() {
    let (_center, env) = signed_in();
    let mut credentials = role_credentials();
    credentials["ProviderType"] = Value::Null;
    env.plant_cli_file(CREDENTIALS_OF_NO_PROFILE, &credentials);
    let logout = env.run("sso-logout").expect_code(0);
    assert!(
        logout.stderr().contains(CREDENTIALS_OF_NO_PROFILE),
        "{logout}"
    );
    assert_eq!(cached(&env), [CREDENTIALS_OF_NO_PROFILE]);
}

/// The AWS CLI ignores these fields.
#[test]
fn tokens_with_odd_fields_are_removed_and_their_sessions_ended() {
    for fields in [
        r#""startUrl": 7"#,
        r#""unknown": NaN"#,
        r#""unknown": "\ud800""#,
        r#""region": """#,
        r#""clientSecret": 7, "registrationExpiresAt": 7"#,
        r#""accessToken": "old""#,
    ] {
        let (center, env) = signed_in();
        let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        let token = env.read_json(&path);
        let text = format!(
            r#"{{{fields}, "accessToken": {}, "expiresAt": {}}}"#,
            token["accessToken"], token["expiresAt"]
        );
        env.write(&path, text);
        env.run("sso-logout --profile dev").expect_code(0);
        assert!(!path.exists(), "{fields}");
        assert_eq!(center.count(Operation::Logout), 1, "{fields}");
    }
}

/// The AWS CLI replaces an access token of any value with the refresh token, once it has expired.
#[test]
fn tokens_without_a_usable_access_token_are_removed_and_their_sessions_ended() {
    let values = [
        r#""""#,
        r#"" ""#,
        "null",
        "7",
        "[]",
        r#""\ud800""#,
        "MISSING",
    ];
    for value in values {
        for expires_at in ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
            let (center, env) = signed_in();
            let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
            change_token(&env, TestEnv::TOKEN_OF_MY_SSO, |token| {
                token["accessToken"] = json!("REPLACED");
                token["expiresAt"] = json!(expires_at);
            });
            let text = String::from_utf8(env.read(&path)).unwrap();
            let text = match value {
                "MISSING" => text.replace("accessToken", "unknown"),
                value => text.replace(r#""REPLACED""#, value),
            };
            env.write(&path, text);
            let logout = env.run("sso-logout --sso-session my-sso").expect_code(0);
            assert!(!path.exists(), "{value} {expires_at}");
            assert!(
                logout.stderr().contains("signed out of SSO session my-sso"),
                "{logout}"
            );
            assert!(!logout.stderr().contains("warning"), "{logout}");
            assert_eq!(center.count_grants("refresh_token"), 1, "{value}");
            assert_eq!(center.count(Operation::Logout), 1, "{value}");
        }
    }
}

#[test]
fn a_token_without_an_access_and_a_refresh_token_is_removed_and_said_to_continue() {
    let (center, env) = signed_in();
    change_token(&env, TestEnv::TOKEN_OF_MY_SSO, |token| {
        token["accessToken"] = json!("");
        token["refreshToken"] = json!(null);
    });
    let logout = env.run("sso-logout --sso-session my-sso").expect_code(0);
    assert!(!env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO).exists());
    assert!(logout.stderr().contains("cannot be refreshed"), "{logout}");
    assert!(center.requests().is_empty());
}

/// The AWS CLI has no limit.
fn pad(env: &TestEnv, path: &std::path::Path, length: usize) {
    let mut text = env.read(path);
    text.resize(text.len() + length, b' ');
    env.write(path, text);
}

#[test]
fn large_files_are_removed_and_their_sessions_ended() {
    for selection in ["", "--profile dev --profile legacy"] {
        let (center, env) = signed_in();
        for name in [TestEnv::TOKEN_OF_MY_SSO, TestEnv::TOKEN_OF_LEGACY] {
            pad(&env, &env.sso_cache().join(name), 2 << 20);
        }
        for name in [TestEnv::CREDENTIALS_OF_DEV, CREDENTIALS_OF_LEGACY] {
            pad(&env, &env.cli_cache().join(name), 2 << 20);
        }
        let logout = env.run(&format!("sso-logout {selection}")).expect_code(0);
        assert!(cached(&env).is_empty(), "{:?}", cached(&env));
        assert!(!logout.stderr().contains("warning"), "{logout}");
        assert_eq!(center.count(Operation::Logout), 2);
    }
}

#[test]
fn a_file_that_is_too_large_to_read_is_an_error_under_the_key_of_a_session_or_role() {
    let check = |path: &str, statuses: [i32; 2]| {
        let (_center, env) = signed_in();
        let path = env.home().join(path);
        env.write(&path, "{");
        pad(&env, &path, 64 << 20);
        for (selection, status) in ["", "--profile dev"].into_iter().zip(statuses) {
            let logout = env.run(&format!("sso-logout {selection}"));
            let logout = logout.expect_code(status);
            let is_successful = logout.stderr().contains("Successfully");
            assert!(status == 0 || !is_successful, "{logout}");
            let is_named = logout.stderr().contains("is larger than 64 MiB");
            assert!(is_named || !selection.is_empty(), "{logout}");
        }
        assert!(path.exists());
    };
    let token = format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO);
    let role = format!(".aws/cli/cache/{}", TestEnv::CREDENTIALS_OF_DEV);
    check(&token, [253, 253]);
    check(&role, [253, 253]);
    check(&format!(".aws/sso/cache/{OTHER_KEY}"), [0, 0]);
}

fn with_two_sessions(start_url: &str) -> (Emulator, TestEnv) {
    let (center, env) = signed_in();
    let config = format!(
        "[sso-session my-sso]\nsso_start_url = {0}\nsso_region = us-east-1\n\
         [sso-session second]\nsso_start_url = {1}\nsso_region = us-east-1\n",
        TestEnv::START_URL,
        start_url
    );
    env.write_config(&config);
    fs::remove_file(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY)).unwrap();
    let second = center.sign_in(&[]).token_file(start_url, "us-east-1");
    env.plant_sso_file("352f7829a2384b001cc12b0c2613c756454a1f6a.json", &second);
    (center, env)
}

#[test]
fn other_sessions_with_the_start_url_of_an_ended_one_are_named() {
    let (_center, env) = with_two_sessions(TestEnv::START_URL);
    assert_snapshot!(env.run("sso-logout --sso-session my-sso"), @"
    $ sso-logout --sso-session my-sso
    --- stderr
    These have the same start URL and stay signed in on this machine. If they belong to the sign-in session that was ended, the service no longer refreshes their tokens:
      SSO session second
    2 files were kept because they cannot be attributed to a sign-in:
      [HOME]/.aws/cli/cache/0521d1f6a6c4e68f9e18540309367cc3cccb6305.json
      [HOME]/.aws/cli/cache/a86fc0ef036e01b9ff8f964ffab896b19c6ff372.json
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    let (_center, env) = with_two_sessions(&format!("{}/#/", TestEnv::START_URL));
    let logout = env
        .run("sso-logout --sso-session my-sso --output json")
        .expect_code(0);
    let result: Value = serde_json::from_str(logout.stdout()).unwrap();
    assert_eq!(
        result["sameStartUrl"],
        json!(["SSO session second"]),
        "{logout}"
    );
}

#[test]
fn other_sessions_are_not_named_if_none_was_ended_or_the_start_url_differs() {
    let is_named = |env: &TestEnv, arguments: &str| {
        let logout = env.run(&format!("sso-logout {arguments}")).expect_code(0);
        logout.stderr().contains("same start URL")
    };
    let (_center, env) = with_two_sessions("https://other.awsapps.com/start");
    assert!(!is_named(&env, "--sso-session my-sso"));
    let (_center, env) = with_two_sessions(TestEnv::START_URL);
    assert!(!is_named(&env, "--sso-session my-sso --sso-session second"));
    let (_center, env) = with_two_sessions(TestEnv::START_URL);
    assert!(!is_named(&env, ""));
    let (center, env) = with_two_sessions(TestEnv::START_URL);
    center.end_session();
    assert!(!is_named(&env, "--sso-session my-sso"));
}
