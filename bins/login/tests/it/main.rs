//! Tests of the `sso-login` program.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod all;
#[cfg(target_os = "linux")]
mod approved;
mod authorization_code;
#[cfg(unix)]
mod browser_command;
mod chained;
#[cfg(unix)]
mod chromium;
mod concurrent;
mod config_errors;
mod custom_start_url;
#[cfg(target_os = "linux")]
mod detection;
mod device_code;
mod environments;
mod failures;
mod first_contact;
#[cfg(unix)]
mod forgotten_client;
#[cfg(target_os = "linux")]
mod irreplaceable;
mod lifetimes;
#[cfg(target_os = "linux")]
mod odd_files;
mod other_portal;
mod output;
#[cfg(unix)]
mod owners;
mod qr;
mod secrets;
mod several;
#[cfg(unix)]
mod terminal;
mod token;
mod usage;
mod without_config;

use identity_center_emulator::Emulator;
use sso_test_support::{Browser, RunningProgram, TestEnv};

const TWO_SESSIONS: &str = "\
[sso-session a]
sso_start_url = https://a.awsapps.com/start
sso_region = us-east-1
[sso-session b]
sso_start_url = https://b.awsapps.com/start
sso_region = us-east-1
";

fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    (center, env)
}

/// Waits for the displayed user code, such as `ABCD-EFGH`.
fn shown_code(login: &mut RunningProgram) -> String {
    let line = login.wait_for_line(|line| line.trim().len() == 9 && line.contains('-'));
    line.trim().to_owned()
}

fn approve_code(login: &mut RunningProgram) {
    let url = login.wait_for_url();
    let code = shown_code(login);
    Browser::new().approve_code(&url, &code);
}
