//! Tests of the `sso-use` program.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod report;
#[cfg(unix)]
mod shells;
mod statements;
#[cfg(unix)]
mod terminal;
mod usage;

use identity_center_emulator::Emulator;
use sso_test_support::TestEnv;

const KEYS: &str = "\
[keys]
aws_access_key_id = AKIAOFKEYS
aws_secret_access_key = secret+/of=keys
";

/// Returns a home with the sample profiles, and a profile with access keys.
fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.write_credentials(KEYS);
    (center, env)
}

fn signed_in() -> (Emulator, TestEnv) {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}
