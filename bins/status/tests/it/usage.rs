//! Arguments.

use assert_cmd::Command;
use sso_test_support::TestEnv;

fn sso_status() -> Command {
    Command::new(assert_cmd::cargo_bin!("sso-status"))
}

#[test]
fn help_and_version_go_to_stdout() {
    let help = sso_status().arg("--help").assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    assert!(
        help.contains("Examples:") && help.contains("--verify"),
        "{help}"
    );
    sso_status()
        .arg("--version")
        .assert()
        .success()
        .stdout(format!("sso-status {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn arguments_that_make_no_sense_exit_with_252() {
    let check = |args: &[&str], words: &str| {
        let refused = sso_status().args(args).assert().code(252).stdout("");
        let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(
            said.starts_with("sso-status: error: ") && said.contains(words),
            "{said}"
        );
    };
    check(&["--frobnicate"], "--frobnicate");
    check(&["--format", "prompt", "--verify"], "leave out --verify");
    check(
        &["--profile", "a", "--sso-session", "b"],
        "cannot be used with",
    );
    check(&["--min-validity", "soon"], "15m");
}

#[test]
fn the_tab_key_completes_names_from_the_config() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check = |typed, names: [&str; 1]| assert_eq!(env.completions("sso-status", typed), names);
    check("--profile p", ["prod"]);
    check("--verify --sso-session ''", ["my-sso"]);
}
