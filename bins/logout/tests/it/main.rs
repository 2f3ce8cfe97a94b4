//! Tests of the `sso-logout` program.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod all;
mod assumed_roles;
mod concurrent;
mod expired_token;
mod foreign_files;
mod interop;
mod odd_files;
mod secrets;
mod selection;
mod service;
mod unusable_config;
mod usage;

use identity_center_emulator::Emulator;
use serde_json::{Value, json};
use sso_test_support::TestEnv;

const CREDENTIALS_OF_NO_PROFILE: &str = "00000000000000000000000000000000000000ff.json";
const CREDENTIALS_OF_LEGACY: &str = "a86fc0ef036e01b9ff8f964ffab896b19c6ff372.json";

/// Creates a home with the sample config, signed in to the session and to the legacy start URL,
/// with role credentials for both.
fn signed_in() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    plant(&center, &env);
    (center, env)
}

fn plant(center: &Emulator, env: &TestEnv) {
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let legacy = center
        .sign_in(&[])
        .token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &legacy);
    env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &role_credentials());
    env.plant_cli_file(CREDENTIALS_OF_LEGACY, &role_credentials());
}

/// Returns role credentials as the AWS CLI caches them, without the cache key of their token.
fn role_credentials() -> Value {
    json!({
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": "ASIAEXAMPLEEXAMPLE00",
            "SecretAccessKey": "hunter2",
            "SessionToken": "hunter3",
            "Expiration": "2099-12-31T23:59:59Z",
        },
    })
}

/// Returns the names of the cache files except lock files and the pace of requests.
fn cached(env: &TestEnv) -> Vec<String> {
    let files = env.files();
    let names = files.iter().filter(|path| path.contains("/cache/"));
    names
        .filter(|path| !matches!(path.rsplit('.').next(), Some("lock" | "pace")))
        .map(|path| path.rsplit('/').next().unwrap().to_owned())
        .collect()
}
