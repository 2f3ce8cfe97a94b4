//! Tests of the picker, on a terminal, with the example `pick`.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod history;
#[cfg(unix)]
mod pick;
mod without_terminal;

use std::env::consts::EXE_SUFFIX;

use sso_test_support::{TestEnv, programs_dir};

/// Returns the command line of the example.
fn program() -> String {
    let path = programs_dir()
        .join("examples")
        .join(format!("pick{EXE_SUFFIX}"));
    assert!(
        path.is_file(),
        "run `cargo build -p profile-picker --example pick` first"
    );
    path.to_str().unwrap().to_owned()
}

/// History of the test home, relative to it.
const HISTORY: &str = ".aws/sso/cache/aws-sso-tools/profiles.usage";

/// Returns a home with the profiles `a`, `b` and `c`.
fn three_profiles() -> TestEnv {
    let env = TestEnv::offline();
    env.write_config("[profile a]\n[profile b]\n[profile c]\n");
    env
}
