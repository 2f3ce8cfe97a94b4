use std::collections::BTreeSet;

use assert_cmd::Command;
use sso_config::process::{OPTIONS_WITH_VALUE, OPTIONS_WITHOUT_VALUE};

fn export_credentials() -> Command {
    Command::new(assert_cmd::cargo_bin!("export-credentials"))
}

#[test]
fn help_and_version_go_to_stdout() {
    let help = export_credentials().arg("--help").assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    assert!(
        help.contains("Examples:") && help.contains("--min-validity"),
        "{help}"
    );
    let version = format!("export-credentials {}\n", env!("CARGO_PKG_VERSION"));
    export_credentials()
        .arg("--version")
        .assert()
        .success()
        .stdout(version);
}

#[test]
fn invalid_arguments_exit_with_252() {
    let check = |args: &[&str], words: &str| {
        let refused = export_credentials().args(args).assert().code(252);
        let stderr = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(
            stderr.starts_with("export-credentials: error: ") && stderr.contains(words),
            "{stderr}"
        );
    };
    check(&["--format", "xml"], "xml");
    check(&["--sso-session", "s"], "--account-id");
    check(&["--sso-session", "s", "--account-id", "1"], "--role-name");
    check(&["--account-id", "1", "--role-name", "r"], "--sso-session");
    check(
        &["--sso-session", "s", "--bearer-token", "--account-id", "1"],
        "cannot be used with",
    );
    check(&["--sso-session", "s", "--role-name", "r"], "--account-id");
    check(&["s", "--account-id", "1"], "--role-name");
    check(&["a", "--profile", "a"], "cannot be used with");
    check(&["a", "--sso-session", "a"], "cannot be used with");
    check(&["a", "terraform", "plan"], "'terraform'");
    check(
        &["s", "--account-id=1", "--role-name=r", "--duration=1h"],
        "cannot be used with",
    );
    check(&["--serve"], "COMMAND");
    check(&["--format", "env", "--", "env"], "cannot be used with");
    check(&["--bearer-token", "--", "env"], "cannot be used with");
    check(
        &["--bearer-token", "--format", "env"],
        "cannot be used with",
    );
    check(
        &["--output", "json", "--format", "env"],
        "cannot be used with",
    );
    check(
        &["--profile", "a", "--sso-session", "b"],
        "cannot be used with",
    );
}

/// `sso_config` must find the name of a profile between the options.
#[test]
fn the_options_are_known_to_sso_config() {
    let help = export_credentials().arg("--help").assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    let lines = help.lines().map(str::trim);
    let options = lines.filter(|line| line.starts_with('-'));
    let options = options.map(|line| match line.split_once(", ") {
        Some((short, long)) if short.len() == 2 => long,
        _ => line,
    });
    let (with_value, without): (Vec<_>, Vec<_>) = options.partition(|it| it.contains(" <"));
    let names = with_value.iter().filter_map(|it| it.split(' ').next());
    let names: BTreeSet<_> = names.collect();
    assert_eq!(names, OPTIONS_WITH_VALUE.into_iter().collect());
    let without = without.iter().map(|it| it.trim_end_matches('.'));
    let without: BTreeSet<_> = without.filter(|it| it.starts_with("--")).collect();
    assert_eq!(without, OPTIONS_WITHOUT_VALUE.into_iter().collect());
}
