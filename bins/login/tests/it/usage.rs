use assert_cmd::Command;
use sso_test_support::TestEnv;

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
fn invalid_arguments_exit_with_252() {
    let check = |args: &[&str], words: &str| {
        let refused = sso_login().args(args).assert().code(252).stdout("");
        let stderr = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(
            stderr.starts_with("sso-login: error: ") && stderr.contains(words),
            "{stderr}"
        );
    };
    check(&["--frobnicate"], "--frobnicate");
    check(&["--min-validity", "soon"], "15m");
    check(&["--connect-timeout", "0"], "seconds");
    check(&["--all", "extra"], "cannot be used with");
    check(&["--new-session"], "--force");
    check(&["--all", "--profile", "a"], "cannot be used with");
    check(&["--all", "--start-url", "a"], "cannot be used with");
    for url in ["--start-url=a", "https://a"] {
        check(
            &[url, "--remote"],
            "--remote cannot be used with a start URL",
        );
        check(
            &[url, "--redirect-port", "9000"],
            "--redirect-port cannot be used with a start URL",
        );
        check(&["--all", url], "cannot be used with");
    }
    check(
        &["dev", "--sso-region", "us-east-1"],
        "--sso-region requires --start-url or a URL",
    );
    check(&["--json", "--output", "json"], "cannot be used with");
    check(&["--sso-region", "us-east-1"], "--start-url");
    check(
        &["--start-url", "a", "--sso-region", "a.b/"],
        "letters, digits and hyphens",
    );
    check(&["--remote", "--use-device-code"], "cannot be used with");
    check(&["--remote", "--browser", "x"], "cannot be used with");
    check(&["--no-browser", "--browser", "x"], "cannot be used with");
    check(
        &["--use-device-code", "--redirect-port", "1"],
        "cannot be used with",
    );
    check(&["--redirect-port", "0"], "expected a port from 1 to 65535");
}

#[test]
fn completion_offers_names_from_the_config() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check = |typed, names: [&str; 1]| assert_eq!(env.completions("sso-login", typed), names);
    check("--profile p", ["prod"]);
    check("-p dev -p p", ["prod"]);
    check("--sso-session ''", ["my-sso"]);
}
