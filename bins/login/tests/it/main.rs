//! The program as a person meets it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod all;
mod at_once;
mod authorization_code;
#[cfg(unix)]
mod chromium;
mod device_code;
mod environments;
mod output;
#[cfg(unix)]
mod own_browser;
mod qr;
mod refusals;
mod secrets;
#[cfg(unix)]
mod terminal;
mod token;
mod trouble;
mod usage;
mod vanity;
mod without_config;

use identity_center_emulator::Emulator;
use sso_test_support::{Browser, RunningProgram, TestEnv};

/// A home with the sample config, and the Identity Center that its programs talk to.
fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    (center, env)
}

/// Waits for the code that the person is to enter, as in `ABCD-EFGH`.
fn shown_code(login: &mut RunningProgram) -> String {
    let line = login.wait_for_line(|line| line.trim().len() == 9 && line.contains('-'));
    line.trim().to_owned()
}

/// Approves a sign-in by code in a browser, once the program shows the URL and the code.
fn approve_code(login: &mut RunningProgram) {
    let url = login.wait_for_url();
    let code = shown_code(login);
    Browser::new().approve_code(&url, &code);
}
