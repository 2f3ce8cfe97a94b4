use assert_cmd::Command;
use sso_test_support::TestEnv;

fn sso_logout() -> Command {
    Command::new(assert_cmd::cargo_bin!("sso-logout"))
}

#[test]
fn help_and_version_go_to_stdout() {
    let help = sso_logout().arg("--help").assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    assert!(
        help.contains("Examples:") && help.contains("--forget-clients"),
        "{help}"
    );
    assert!(
        help.contains("[default: 5]") && !help.contains("[default: 60]"),
        "{help}"
    );
    sso_logout()
        .arg("--version")
        .assert()
        .success()
        .stdout(format!("sso-logout {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn invalid_arguments_exit_with_252() {
    let check = |args: &[&str], words: &str| {
        let refused = sso_logout().args(args).assert().code(252).stdout("");
        let stderr = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(
            stderr.starts_with("sso-logout: error: ") && stderr.contains(words),
            "{stderr}"
        );
    };
    check(&["--frobnicate"], "--frobnicate");
    check(&["--output", "yaml"], "yaml");
    check(&["--all", "extra"], "cannot be used with");
    for selection in ["--profile", "--sso-session", "--start-url"] {
        check(&["--all", selection, "a"], "cannot be used with");
    }
}

#[test]
fn completion_offers_names_from_the_config() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check = |typed, names: [&str; 1]| assert_eq!(env.completions("sso-logout", typed), names);
    check("--profile p", ["prod"]);
    check("--profile dev --sso-session ''", ["my-sso"]);
}
