//! Tests of the `sso-status` binary.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod chained;
#[cfg(unix)]
mod denied;
mod lifetimes;
#[cfg(unix)]
mod locale;
mod missing;
mod prompt;
mod selection;
mod table;
#[cfg(unix)]
mod terminal;
mod usage;
mod verify;
mod whoami;

use std::time::Duration;

use identity_center_emulator::Emulator;
use serde_json::{Value, json};
use sso_test_support::{TestEnv, Transcript};

fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    (center, env)
}

fn signed_in_for(lifetime: Duration) -> (Emulator, TestEnv) {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = lifetime);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

const HOUR: Duration = Duration::from_secs(3600);

fn plant_credentials(env: &TestEnv, expiration: &str) {
    let credentials = json!({
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": "ASIAEXAMPLEEXAMPLE00",
            "SecretAccessKey": "hunter2",
            "SessionToken": "hunter3",
            "Expiration": expiration,
        },
    });
    env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &credentials);
}

fn json_of(transcript: &Transcript) -> Value {
    serde_json::from_str(transcript.stdout()).unwrap()
}
