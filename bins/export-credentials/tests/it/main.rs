//! Tests of the `export-credentials` program.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[cfg(unix)]
mod aws_cli_parity;
#[cfg(unix)]
mod background_refresh;
mod bearer_token;
mod cache;
#[cfg(unix)]
mod companion;
#[cfg(unix)]
mod completion;
mod concurrent;
#[cfg(unix)]
mod consumers;
#[cfg(target_os = "linux")]
mod container;
#[cfg(unix)]
mod corruption;
mod credential_process;
#[cfg(target_os = "linux")]
mod durability;
mod errors;
#[cfg(unix)]
mod failed_eval;
mod failures;
#[cfg(target_os = "linux")]
mod file_systems;
mod first_contact;
mod format;
mod github_actions;
mod interop;
#[cfg(target_os = "linux")]
mod irreplaceable;
#[cfg(unix)]
mod job_control;
mod late_responses;
#[cfg(unix)]
mod login;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(unix)]
mod mfa;
#[cfg(target_os = "linux")]
mod odd_entries;
#[cfg(unix)]
mod other_region;
#[cfg(unix)]
mod quoting;
mod rate_limit;
mod readers;
mod refused;
mod roles;
mod sdks;
mod secrets;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod shells;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod terminal;
#[cfg(target_os = "linux")]
mod threads;
#[cfg(target_os = "linux")]
mod unrepeatable_inputs;
mod usage;
#[cfg(unix)]
mod wrapped;

use std::time::Duration;

use identity_center_emulator::Emulator;
use serde_json::json;
use sso_test_support::TestEnv;

fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    (center, env)
}

/// Like [`home`], signed in to the session of the profiles `dev` and `prod`.
fn signed_in() -> (Emulator, TestEnv) {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

/// Like [`signed_in`], with an expired, refreshable token.
fn signed_in_with_expired_token() -> (Emulator, TestEnv) {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::ZERO);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    (center, env)
}

/// Like [`signed_in`], with a token that is due for refresh but valid for ten minutes.
#[cfg(unix)]
fn signed_in_with_expiring_token() -> (Emulator, TestEnv) {
    let (center, env) = signed_in();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

/// Creates a home in which `dev` has access keys, which need no session token.
fn home_without_session_token() -> TestEnv {
    let env = TestEnv::offline();
    env.write_config("[profile dev]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n");
    env
}

/// Creates a home in which `dev` has cached credentials with the given keys and a distant expiry.
fn home_with(secret_access_key: &str, session_token: &str) -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_cli_file(
        TestEnv::CREDENTIALS_OF_DEV,
        &json!({
            "ProviderType": "sso",
            "Credentials": {
                "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "SecretAccessKey": secret_access_key,
                "SessionToken": session_token,
                "Expiration": "2199-01-02T03:04:05Z",
            },
        }),
    );
    env
}
