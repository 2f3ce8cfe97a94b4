//! Sign-out with an access token that has expired, or that the service no longer accepts.

use std::fs;
use std::time::Duration;

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::{Behaviour, Relay, TestEnv, Transcript};

use crate::{cached, signed_in};

const GRANT: &str = "refresh_token";

/// Replaces the token of `my-sso` with one that has expired, and with these changes.
fn with_expired_token(change: impl FnOnce(&mut Value)) -> (Emulator, TestEnv) {
    let (center, env) = signed_in();
    center.configure(|settings| settings.access_token_lifetime = Duration::ZERO);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    let mut token = env.read_json(path(&env));
    change(&mut token);
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    fs::remove_file(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY)).unwrap();
    (center, env)
}

fn path(env: &TestEnv) -> std::path::PathBuf {
    env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO)
}

/// Signs out and checks that no file is left.
fn sign_out(env: &TestEnv) -> Transcript {
    let logout = env.run("sso-logout --profile dev").expect_code(0);
    let left = cached(env);
    let mine = [TestEnv::TOKEN_OF_MY_SSO, TestEnv::CREDENTIALS_OF_DEV];
    assert!(
        !mine.iter().any(|name| left.contains(&(*name).to_owned())),
        "{left:?}"
    );
    logout
}

/// Returns whether the service still refreshes `token`, as long as its session continues.
fn is_running(center: &Emulator, env: &TestEnv, token: &Value) -> bool {
    center.clear_faults();
    let _ = fs::remove_file(env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV));
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, token);
    env.run("export-credentials --profile dev").code() == Some(0)
}

#[test]
fn an_expired_token_is_refreshed_and_its_session_ended() {
    let (center, env) = with_expired_token(|_| {});
    let token = env.read_json(path(&env));
    assert_snapshot!(sign_out(&env), @"
    $ sso-logout --profile dev
    --- stderr
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    assert_eq!(center.count_grants(GRANT), 1);
    assert_eq!(center.count(Operation::Logout), 1);
    assert!(!is_running(&center, &env, &token));
}

#[test]
fn a_token_is_refreshed_if_its_expiry_is_unknown_or_invalid() {
    for expires_at in [json!(null), json!(7), json!("never"), json!("9999-12-31")] {
        let (center, env) = with_expired_token(|token| token["expiresAt"] = expires_at.clone());
        sign_out(&env);
        assert_eq!(center.count_grants(GRANT), 1, "{expires_at}");
        assert_eq!(center.count(Operation::Logout), 1, "{expires_at}");
    }
}

/// The clock of the service may be ahead by a few minutes.
#[test]
fn a_token_that_expires_within_five_minutes_is_refreshed() {
    let (center, env) = signed_in();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(120));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    sign_out(&env);
    assert_eq!(center.count_grants(GRANT), 1);
    assert_eq!(center.count(Operation::Logout), 1);
}

#[test]
fn a_token_is_refreshed_without_the_expiry_of_its_registration() {
    for odd in [json!(null), json!(7)] {
        let (center, env) =
            with_expired_token(|token| token["registrationExpiresAt"] = odd.clone());
        sign_out(&env);
        assert_eq!(center.count(Operation::Logout), 1, "{odd}");
    }
}

#[test]
fn the_session_of_a_token_that_cannot_be_refreshed_is_said_to_continue() {
    for field in ["refreshToken", "clientId", "clientSecret"] {
        let (center, env) = with_expired_token(|token| token[field] = Value::Null);
        let logout = sign_out(&env);
        assert!(
            logout.stderr().contains("continues until it expires"),
            "{logout}"
        );
        assert_eq!(center.count_grants(GRANT), 0);
    }
    let past = json!("2020-01-01T00:00:00Z");
    let (_center, env) = with_expired_token(|token| token["registrationExpiresAt"] = past);
    assert_snapshot!(sign_out(&env), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: the access token for SSO session my-sso has expired and cannot be refreshed; the access portal session for SSO session my-sso continues until it expires
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
}

#[test]
fn a_refused_refresh_token_means_that_the_session_has_ended() {
    let (center, env) = with_expired_token(|_| {});
    center.end_session();
    assert_snapshot!(sign_out(&env), @"
    $ sso-logout --profile dev
    --- stderr
    The service no longer accepts the token for SSO session my-sso. Its session had already ended, unless another program has refreshed the token.
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    assert_eq!(center.count(Operation::Logout), 0);
}

#[test]
fn a_refused_client_does_not_mean_that_the_session_has_ended() {
    for fault in [
        Fault::oidc("invalid_client"),
        Fault::oidc("unauthorized_client"),
        Fault::kms("KMS_DisabledException"),
    ] {
        let (center, env) = with_expired_token(|_| {});
        center.fail_always(Operation::CreateToken, fault);
        let logout = sign_out(&env);
        assert!(
            logout.stderr().contains("continues until it expires"),
            "{logout}"
        );
    }
}

#[test]
fn without_a_response_to_the_refresh_the_session_is_said_to_continue() {
    let (center, env) = with_expired_token(|_| {});
    let token = env.read_json(path(&env));
    center.fail_always(Operation::CreateToken, Fault::Status(500, json!({})));
    assert_snapshot!(sign_out(&env), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: CreateToken (refresh) failed: the sign-in service returned an error: status 500 without an error message from the endpoint URL in AWS_ENDPOINT_URL; the access portal session for SSO session my-sso continues until it expires
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    assert_eq!(center.count_grants(GRANT), 1, "the request is not retried");
    assert!(is_running(&center, &env, &token));
}

#[test]
fn a_failed_logout_after_the_refresh_is_a_warning() {
    let (center, env) = with_expired_token(|_| {});
    center.fail_always(Operation::Logout, Fault::Status(500, json!({})));
    let logout = sign_out(&env);
    assert!(
        logout.stderr().contains("continues until it expires"),
        "{logout}"
    );
    let (center, env) = with_expired_token(|_| {});
    center.fail_always(Operation::Logout, Fault::portal("UnauthorizedException"));
    let logout = sign_out(&env);
    assert!(logout.stderr().contains("had already ended"), "{logout}");
}

/// The clock of the service is two hours ahead, so that the token has expired there only.
#[test]
fn a_token_that_has_expired_by_the_clock_of_the_service_is_refreshed() {
    let (center, env) = signed_in();
    center.advance(Duration::from_secs(2 * 3600));
    center.fail_always(Operation::Logout, Fault::DateSkew(2 * 3600));
    let logout = env.run("sso-logout --profile dev").expect_code(0);
    assert_eq!(center.count_grants(GRANT), 1, "{logout}");
    assert_eq!(center.count(Operation::Logout), 2, "{logout}");
    assert!(!logout.stderr().contains("had already ended"), "{logout}");
}

#[test]
fn the_session_of_a_token_that_has_expired_by_the_clock_of_the_service_is_said_to_continue() {
    let (center, env) = signed_in();
    let mut token = env.read_json(path(&env));
    token["refreshToken"] = Value::Null;
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    center.advance(Duration::from_secs(2 * 3600));
    center.fail_always(Operation::Logout, Fault::DateSkew(2 * 3600));
    let logout = sign_out(&env);
    let warning = "has expired and cannot be refreshed";
    assert!(logout.stderr().contains(warning), "{logout}");
}

/// The access portal refuses the access token of an administrator's revocation, but the service still
/// refreshes it.
#[test]
fn a_token_that_is_refused_before_its_expiry_is_refreshed_and_its_session_ended() {
    let (center, env) = signed_in();
    fs::remove_file(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY)).unwrap();
    let token = env.read_json(path(&env));
    center.revoke_access_tokens();
    assert_snapshot!(sign_out(&env), @"
    $ sso-logout --profile dev
    --- stderr
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    assert_eq!(center.count_grants(GRANT), 1);
    assert_eq!(center.count(Operation::Logout), 2);
    assert!(!is_running(&center, &env, &token));
}

#[test]
fn the_session_of_a_refused_token_may_continue_if_the_refresh_fails() {
    let (center, env) = signed_in();
    center.revoke_access_tokens();
    center.fail_always(Operation::CreateToken, Fault::Status(500, json!({})));
    assert_snapshot!(sign_out(&env), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: CreateToken (refresh) failed: the sign-in service returned an error: status 500 without an error message from the endpoint URL in AWS_ENDPOINT_URL; the access portal session for SSO session my-sso may continue until it expires
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    let (center, env) = signed_in();
    center.revoke_access_tokens();
    center.set_latency(Operation::CreateToken, Duration::from_secs(3600));
    let logout = env
        .run("sso-logout --profile dev --read-timeout 0.1")
        .expect_code(0);
    let warning = "my-sso may continue until it expires";
    assert!(logout.stderr().contains(warning), "{logout}");
}

/// An SDK has used the refresh token, and saves its response after the request of `sso-logout`.
#[test]
fn a_token_that_an_sdk_saves_during_the_sign_out_is_removed_and_its_session_ended() {
    let (center, env) = with_expired_token(|_| {});
    let old = env.read_json(path(&env));
    env.run("sso-login --profile dev").expect_code(0);
    let late = env.read_json(path(&env));
    assert_ne!(late["refreshToken"], old["refreshToken"]);
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &old);
    center.forget_requests();
    let logout = env.start("sso-logout");
    while center.count_grants(GRANT) == 0 {
        std::thread::yield_now();
    }
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &late);
    let logout = logout.finish().expect_code(0);
    assert_eq!(
        logout.stderr(),
        "Successfully signed out of all SSO profiles.\n"
    );
    assert!(!path(&env).exists());
    assert_eq!(center.count(Operation::Logout), 1);
    assert!(!is_running(&center, &env, &late));
}

/// An SDK without locks saves a token while the access portal ends the session, or later, after the
/// refresh for an expired token.
#[test]
fn a_token_that_is_saved_until_the_session_is_ended_is_removed() {
    for is_expired in [false, true] {
        let (center, mut env) = with_expired_token(|_| {});
        if !is_expired {
            env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
        }
        let late = center.sign_in(&["sso:account:access"]);
        let relay = Relay::plain(center.address());
        relay.behave(Behaviour::Hold);
        env.set("AWS_ENDPOINT_URL", relay.url());
        let logout = env.start("sso-logout --read-timeout 30");
        relay.wait_until_held();
        env.plant_my_sso(&late);
        let late = env.read_json(path(&env));
        relay.release();
        let logout = logout.finish().expect_code(0);
        assert_eq!(
            logout.stderr(),
            "Successfully signed out of all SSO profiles.\n"
        );
        assert!(!path(&env).exists());
        assert_eq!(center.count(Operation::Logout), 2);
        env.set("AWS_ENDPOINT_URL", center.url());
        assert!(!is_running(&center, &env, &late));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_token_that_is_saved_again_and_cannot_be_removed_is_an_error() {
    let (center, mut env) = with_expired_token(|_| {});
    let late = center.sign_in(&["sso:account:access"]);
    let relay = Relay::plain(center.address());
    relay.behave(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL", relay.url());
    let logout = env.start("sso-logout --read-timeout 30");
    relay.wait_until_held();
    env.plant_my_sso(&late);
    let immutable = sso_test_support::FileAttribute::set('i', &path(&env));
    relay.release();
    let logout = logout.finish();
    if immutable.is_some() {
        logout.expect_error(253, "is immutable");
    }
    assert_eq!(center.count(Operation::Logout), 2);
}

#[test]
fn the_file_is_removed_before_the_refresh() {
    let (center, mut env) = with_expired_token(|_| {});
    let relay = Relay::plain(center.address());
    relay.behave(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL", relay.url());
    let logout = env.start("sso-logout --read-timeout 30");
    relay.wait_until_held();
    assert!(!path(&env).exists());
    relay.release();
    logout.finish().expect_code(0);
    assert_eq!(center.count(Operation::Logout), 1);
}

/// The first of the two requests may be in progress when the signal arrives.
#[cfg(unix)]
#[test]
fn a_signal_waits_for_the_refresh_and_the_logout() {
    let (center, mut env) = with_expired_token(|_| {});
    let relay = Relay::plain(center.address());
    relay.behave(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL", relay.url());
    let mut logout = env.start("sso-logout --read-timeout 30");
    relay.wait_until_held();
    logout.send("TERM");
    logout.wait_for_line(|line| line.starts_with("Waiting for a token request"));
    relay.release();
    logout.finish().expect_code(143);
    assert_eq!(center.count(Operation::Logout), 1);
}

#[test]
fn the_json_output_states_the_outcome() {
    let outcome = |center: &Emulator, env: &TestEnv| {
        let logout = env.run("sso-logout --output json").expect_code(0);
        let result: Value = serde_json::from_str(logout.stdout()).unwrap();
        assert!(
            !center
                .issued_secrets()
                .iter()
                .any(|secret| logout.stdout().contains(secret))
        );
        result["tokens"][0]["server"].clone()
    };
    let (center, env) = with_expired_token(|_| {});
    assert_eq!(outcome(&center, &env), "ended");
    let (center, env) = with_expired_token(|token| token["refreshToken"] = Value::Null);
    assert_eq!(outcome(&center, &env), "expired");
    let (center, env) = with_expired_token(|_| {});
    center.end_session();
    assert_eq!(outcome(&center, &env), "alreadyEnded");
    let (center, env) = with_expired_token(|_| {});
    center.fail_always(Operation::CreateToken, Fault::Status(500, json!({})));
    assert_eq!(outcome(&center, &env), "notTold");
}
