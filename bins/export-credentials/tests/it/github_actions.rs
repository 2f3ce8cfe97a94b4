//! The `github-actions` format with a `GITHUB_ENV` file.

use std::fs;

use sso_test_support::{TestEnv, Transcript, python};

use crate::{home_with, home_without_session_token, signed_in};

fn export(env: &TestEnv) -> Transcript {
    let export = env.run("export-credentials --profile dev --format github-actions");
    export.expect_code(0)
}

#[test]
fn masks_are_printed_and_variables_appended_to_the_github_env_file() {
    let (_center, mut env) = signed_in();
    env.write("github_env", "BEFORE=1\n");
    let file = env.home().join("github_env");
    env.set("GITHUB_ENV", file.clone());
    let export = export(&env);
    let masks: Vec<_> = export.stdout().lines().collect();
    let hidden: Vec<_> = masks
        .iter()
        .filter_map(|line| line.strip_prefix("::add-mask::"))
        .collect();
    assert_eq!((hidden.len(), masks.len()), (3, 3), "{export}");
    let lines = fs::read_to_string(file).unwrap();
    let lines: Vec<_> = lines
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .collect();
    assert_eq!(lines[0], ("BEFORE", "1"));
    assert_eq!(lines[1], ("AWS_ACCESS_KEY_ID", hidden[0]));
    assert_eq!(lines[2], ("AWS_SECRET_ACCESS_KEY", hidden[1]));
    assert_eq!(lines[3], ("AWS_SESSION_TOKEN", hidden[2]));
    assert_eq!(lines[4].0, "AWS_CREDENTIAL_EXPIRATION");
    assert_eq!(lines[5], ("AWS_SECURITY_TOKEN", ""));
    assert_eq!(lines.len(), 6);
}

/// Parses a `GITHUB_ENV` file like the runner: `NAME=value`, or `NAME<<END`, lines, `END`.
fn read_by_runner(file: &str) -> Vec<(String, String)> {
    let (mut variables, mut rest) = (Vec::new(), file);
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap();
        let heredoc = line
            .split_once("<<")
            .filter(|(name, _)| !name.contains('='));
        let (name, value, after) = if let Some((name, end)) = heredoc {
            let (value, after) = after.split_once(&format!("\n{end}\n")).unwrap();
            (name, value, after)
        } else {
            let (name, value) = line.split_once('=').unwrap();
            (name, value, after)
        };
        variables.push((name.to_owned(), value.to_owned()));
        rest = after;
    }
    variables
}

#[test]
fn a_value_with_line_breaks_sets_only_its_variable() {
    let value = "one\nEOF\nPATH=/evil\nEOF_\n%0A::set-env name=a<<b::\r\n";
    let mut env = home_with(value, "IQoJ<<x");
    env.write("github_env", "");
    env.set("GITHUB_ENV", env.home().join("github_env"));
    let masks = export(&env);
    let file = String::from_utf8(env.read("github_env")).unwrap();
    let variables = read_by_runner(&file);
    let names: Vec<_> = variables.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_SECURITY_TOKEN",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        (variables[1].1.as_str(), variables[2].1.as_str()),
        (value, "IQoJ<<x")
    );
    let mask = masks.stdout().lines().nth(1).unwrap();
    let mask = mask.strip_prefix("::add-mask::").unwrap();
    let unescaped = mask
        .replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%");
    assert_eq!(unescaped, value);
}

#[test]
fn a_missing_github_env_file_is_reported() {
    let (_center, mut env) = signed_in();
    env.set("GITHUB_ENV", "/nowhere/env");
    let export = env.run("export-credentials --profile dev --format github-actions");
    assert_eq!(export.code(), Some(255));
    assert!(
        export
            .stderr()
            .contains("cannot append to /nowhere/env, the GITHUB_ENV file"),
        "{export}"
    );
}

#[test]
fn an_incomplete_line_of_the_github_env_file_is_completed() {
    let (_center, mut env) = signed_in();
    env.write("github_env", "BEFORE=1");
    env.set("GITHUB_ENV", env.home().join("github_env"));
    export(&env);
    let file = String::from_utf8(env.read("github_env")).unwrap();
    assert!(file.starts_with("BEFORE=1\nAWS_ACCESS_KEY_ID="), "{file}");
}

/// Returns a home with access keys, and with the variables of an earlier step for temporary
/// credentials.
fn home_after_earlier_step() -> TestEnv {
    let mut env = home_without_session_token();
    for (name, value) in [
        ("AWS_SESSION_TOKEN", "old"),
        ("AWS_SECURITY_TOKEN", "old"),
        ("AWS_CREDENTIAL_EXPIRATION", "2020-01-02T03:04:05+00:00"),
    ] {
        env.set(name, value);
    }
    env.set("GITHUB_ENV", env.home().join("github_env"));
    env.write("github_env", "");
    env
}

#[test]
fn botocore_uses_access_keys_after_temporary_credentials_of_an_earlier_step() {
    let Some(python) = python("botocore") else {
        return;
    };
    let env = home_after_earlier_step();
    export(&env);
    let file = String::from_utf8(env.read("github_env")).unwrap();
    let script = "import botocore.session\n\
                  keys = botocore.session.Session().get_credentials().get_frozen_credentials()\n\
                  print(keys.access_key, keys.token)";
    let mut command = env.command(python.to_str().unwrap());
    command.args(["-c", script]).envs(read_by_runner(&file));
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(shown, "AKIA None\n", "{output:?}");
}

#[test]
fn a_variable_that_cannot_be_unset_is_reported() {
    let mut env = home_after_earlier_step();
    let command = "export-credentials --profile dev --format github-actions";
    let check = |env: &TestEnv, arguments: &str, names: &[&str]| {
        let warning = |name| {
            format!(
                "export-credentials: warning: {name} stays set, because a step of GitHub Actions \
                 cannot unset a variable\n"
            )
        };
        let warnings: Vec<_> = names.iter().map(warning).collect();
        let run = env.run(&format!("{command} {arguments}")).expect_code(0);
        assert_eq!(run.stderr(), warnings.concat(), "{arguments}");
    };
    check(&env, "--with-account-id --with-region", &[]);
    env.set("AWS_ACCOUNT_ID", "999999999999");
    env.set("AWS_REGION", "eu-west-1");
    check(&env, "--with-account-id", &["AWS_ACCOUNT_ID"]);
    check(&env, "--with-region", &["AWS_REGION"]);
    check(&env, "", &[]);
    let file = String::from_utf8(env.read("github_env")).unwrap();
    let names = ["AWS_ACCOUNT_ID", "AWS_REGION", "AWS_DEFAULT_REGION"];
    assert!(!names.iter().any(|name| file.contains(name)), "{file}");
}
