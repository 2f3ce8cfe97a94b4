//! Arguments.

use assert_cmd::Command;

fn sso_login() -> Command {
    Command::new(assert_cmd::cargo_bin!("sso-login"))
}

#[test]
fn help_and_version_go_to_stdout() {
    let help = sso_login().arg("--help").assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    assert!(
        help.contains("Examples:") && help.contains("--use-device-code"),
        "{help}"
    );
    sso_login()
        .arg("--version")
        .assert()
        .success()
        .stdout(format!("sso-login {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn arguments_that_make_no_sense_exit_with_252() {
    let check = |args: &[&str], words: &str| {
        let refused = sso_login().args(args).assert().code(252).stdout("");
        let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(
            said.starts_with("sso-login: error: ") && said.contains(words),
            "{said}"
        );
    };
    check(&["--frobnicate"], "--frobnicate");
    check(
        &["--profile", "a", "--sso-session", "b"],
        "cannot be used with",
    );
    check(&["--min-validity", "soon"], "15m");
    check(&["--connect-timeout", "0"], "seconds");
    check(&["extra"], "extra");
}
