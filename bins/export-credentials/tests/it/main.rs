//! The program as a shell, another program and a person meet it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod at_once;
mod bearer_token;
mod cache;
#[cfg(unix)]
mod completion;
#[cfg(unix)]
mod corruption;
mod credential_process;
mod format;
mod github_actions;
#[cfg(unix)]
mod hostile;
mod interop;
#[cfg(unix)]
mod like_the_aws_cli;
#[cfg(unix)]
mod login;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(unix)]
mod mfa;
mod readers;
mod refusals;
mod roles;
mod secrets;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod shells;
#[cfg(unix)]
mod terminal;
mod trouble;
mod usage;
#[cfg(unix)]
mod wrapped;

use std::time::Duration;

use identity_center_emulator::Emulator;
use serde_json::json;
use sso_test_support::TestEnv;

/// A home with the sample config, and the Identity Center that its programs talk to.
fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    (center, env)
}

/// The same, signed in to the session of the profiles `dev` and `prod`.
fn signed_in() -> (Emulator, TestEnv) {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

/// The same, with a token that has to be renewed first.
fn signed_in_long_ago() -> (Emulator, TestEnv) {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::ZERO);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    (center, env)
}

/// A home where `dev` has cached credentials with these keys, good for years.
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
