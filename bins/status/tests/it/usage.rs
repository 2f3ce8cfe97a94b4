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
fn invalid_arguments_exit_with_252() {
    let check = |args: &[&str], words: &str| {
        let rejected = sso_status().args(args).assert().code(252).stdout("");
        let stderr = String::from_utf8_lossy(&rejected.get_output().stderr).into_owned();
        assert!(
            stderr.starts_with("sso-status: error: ") && stderr.contains(words),
            "{stderr}"
        );
    };
    check(&["--frobnicate"], "--frobnicate");
    check(
        &["--format", "prompt", "--verify"],
        "--verify cannot be used with --format prompt",
    );
    check(
        &["--format", "prompt", "--all"],
        "--format prompt shows only one profile or session",
    );
    check(
        &["--format=prompt", "--profile=a", "--sso-session=b"],
        "--format prompt shows only one profile or session",
    );
    check(
        &["--format=prompt", "a", "b"],
        "--format prompt shows only one profile or session",
    );
    let shows_one = "--whoami shows only one profile";
    check(&["--whoami", "--all"], shows_one);
    check(&["--whoami", "a", "--profile", "b"], shows_one);
    check(&["--whoami", "--verify"], "cannot be used with");
    check(&["--whoami", "--format", "prompt"], "cannot be used with");
    check(&["--all", "--profile", "a"], "cannot be used with");
    check(&["--all", "a"], "cannot be used with");
    check(&["--json", "--output", "text"], "cannot be used with");
    check(&["--min-validity", "soon"], "15m");
}

#[test]
fn completion_offers_names_from_the_config_file() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check = |typed, names: [&str; 1]| assert_eq!(env.completions("sso-status", typed), names);
    check("--profile p", ["prod"]);
    check("--verify --sso-session ''", ["my-sso"]);
    check("p", ["prod"]);
    check("dev my", ["my-sso"]);
    check("-- my", ["my-sso"]);
}
