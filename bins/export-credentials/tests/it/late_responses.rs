//! Responses to a refresh that arrive after another program has changed the token, or without a valid
//! lifetime.

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::{Value, json};
use sso_test_support::{Behaviour, Relay, TestEnv, Transcript};

use crate::signed_in_with_expired_token;

const EXPORT: &str = "export-credentials --profile dev";

/// Calls `change` while the refresh waits for its response, as a program without locks does.
fn with_late_response(change: impl Fn(&Emulator, &TestEnv)) -> (TestEnv, Transcript) {
    let (center, mut env) = signed_in_with_expired_token();
    let relay = Relay::plain(center.address());
    relay.behave_once(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", relay.url());
    let export = env.start(EXPORT);
    relay.wait_until_held();
    change(&center, &env);
    relay.release();
    (env, export.finish())
}

fn token(env: &TestEnv) -> Value {
    env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO))
}

#[test]
fn a_late_response_does_not_replace_a_newer_sign_in() {
    let (env, export) = with_late_response(|center, env| {
        let mut tokens = center.sign_in(&["sso:account:access"]);
        tokens.client_id.push_str("-of-the-newer-sign-in");
        env.plant_my_sso(&tokens);
    });
    let export = export.expect_code(0);
    let client_id = token(&env)["clientId"].as_str().unwrap().to_owned();
    assert!(client_id.ends_with("-of-the-newer-sign-in"), "{export}");
}

#[test]
fn a_late_response_does_not_restore_the_token_after_a_sign_out() {
    let (env, export) = with_late_response(|_, env| {
        std::fs::remove_file(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO)).unwrap();
    });
    export.expect_code(253);
    assert!(!env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO).exists());
}

#[test]
fn a_response_without_a_valid_lifetime_keeps_the_session() {
    for lifetime in [Value::Null, json!("3600"), json!(3599.5), json!({})] {
        let (center, env) = signed_in_with_expired_token();
        let old = token(&env);
        let fault = Fault::Amend(json!({ "expiresIn": lifetime }));
        center.fail_next(Operation::CreateToken, fault);
        env.run(EXPORT).expect_code(0);
        let mut new = token(&env);
        assert_ne!(new["refreshToken"], old["refreshToken"], "{lifetime}");
        new["expiresAt"] = json!("2020-01-01T00:00:00Z");
        env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &new);
        std::fs::remove_dir_all(env.cli_cache()).unwrap();
        env.run(EXPORT).expect_code(0);
        assert_eq!(center.count_grants(REFRESH_TOKEN), 2, "{lifetime}");
    }
}
