//! Tests of the `sso-console` program.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[cfg(unix)]
mod browser;
#[cfg(unix)]
mod chromium;
mod faults;
mod federation;
mod secrets;
mod shortcut;
#[cfg(unix)]
mod terminal;
mod usage;

use identity_center_emulator::Emulator;
use sso_test_support::TestEnv;

/// Profiles whose credentials are those of an assumed role, of a process, and of an IAM user.
const OTHER_PROFILES: &str = "
[profile chain]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = dev
region = eu-west-1

[profile user-role]
role_arn = arn:aws:iam::222222222222:role/y
source_profile = user

[profile user]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

[profile exported]
credential_process = export-credentials --profile dev

[profile printed]
credential_process = cat credentials.json
";

/// Creates a home with a signed-in session.
fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(&format!("{}{OTHER_PROFILES}", TestEnv::SAMPLE_CONFIG));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

/// Returns what `sso-console --print` prints.
fn printed(env: &TestEnv, arguments: &str) -> String {
    let run = env.run(&format!("sso-console --print {arguments}"));
    let run = run.expect_code(0);
    assert_eq!(run.stderr(), "", "{run}");
    run.stdout().trim_end().to_owned()
}

/// Writes a browser command that writes its arguments to the pipe `opened`.
#[cfg(unix)]
fn write_browser(env: &TestEnv) {
    let pipe = std::process::Command::new("mkfifo")
        .arg(env.home().join("opened"))
        .status();
    assert!(pipe.unwrap().success());
    env.write("browser", "printf '%s\\n' \"$@\" >\"$HOME/opened\"\n");
}

#[cfg(unix)]
fn opened(env: &TestEnv) -> Vec<String> {
    let opened = String::from_utf8(env.read("opened")).unwrap();
    opened.lines().map(ToOwned::to_owned).collect()
}
