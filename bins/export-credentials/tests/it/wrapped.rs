use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::TestEnv;

use crate::{home_with, home_without_session_token, signed_in};

/// Variables that would select other credentials, and the unrelated `AWS_PAGER`.
const STALE: [&str; 16] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_PAGER",
];

fn variables_of_command(env: &TestEnv, arguments: &str) -> BTreeMap<String, String> {
    let run = env.run(&format!("export-credentials {arguments} -- env"));
    let run = run.expect_code(0);
    assert_eq!(run.stderr(), "", "{run}");
    let pairs = run.stdout().lines().filter_map(|line| line.split_once('='));
    pairs
        .filter(|(name, _)| name.starts_with("AWS_"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn the_command_gets_credentials_and_region_without_conflicting_variables() {
    let (_center, mut env) = signed_in();
    for name in STALE {
        env.set(name, "stale");
    }
    env.set("AWS_PROFILE", "prod");
    let found = variables_of_command(&env, "--profile dev");
    let process = env.run("export-credentials --profile dev --format process");
    let process: Value = serde_json::from_str(process.stdout()).unwrap();
    let value = |name: &str| process[name].as_str().unwrap();
    let expected = [
        ("AWS_ACCESS_KEY_ID", value("AccessKeyId")),
        ("AWS_CREDENTIAL_EXPIRATION", value("Expiration")),
        ("AWS_DEFAULT_REGION", "us-west-2"),
        ("AWS_ENDPOINT_URL", found["AWS_ENDPOINT_URL"].as_str()),
        ("AWS_PAGER", "stale"),
        ("AWS_REGION", "us-west-2"),
        ("AWS_SECRET_ACCESS_KEY", value("SecretAccessKey")),
        ("AWS_SESSION_TOKEN", value("SessionToken")),
    ];
    let found: Vec<_> = found
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_region_of_the_environment_is_kept_without_a_region_in_the_profile() {
    let (_center, mut env) = signed_in();
    env.set("AWS_REGION", "eu-west-1");
    let found = variables_of_command(&env, "--profile prod");
    assert_eq!(found["AWS_REGION"], "eu-west-1");
    assert!(!found.contains_key("AWS_DEFAULT_REGION"));
}

#[test]
fn a_stale_session_token_is_removed() {
    let mut env = home_without_session_token();
    env.set("AWS_SESSION_TOKEN", "stale");
    let found = variables_of_command(&env, "--profile dev");
    assert_eq!(found["AWS_SECRET_ACCESS_KEY"], "secret");
    assert!(!found.contains_key("AWS_SESSION_TOKEN"));
}

#[test]
fn the_command_replaces_the_process() {
    let (_center, env) = signed_in();
    let running = env.start("export-credentials --profile dev -- sh -c 'echo $$; exit 7'");
    let id = running.id();
    let ended = running.finish();
    assert_eq!(
        (ended.stdout(), ended.code()),
        (format!("{id}\n").as_str(), Some(7))
    );
    let killed = env.run("export-credentials --profile dev -- sh -c 'kill -KILL $$'");
    assert_eq!(killed.code(), None, "the process ends by the signal");
}

#[test]
fn arguments_are_passed_to_the_command_unchanged() {
    let (_center, env) = signed_in();
    let run =
        env.run("export-credentials --profile dev -- printf '%s|' --profile '' 'a  b' -- '$x'");
    assert_eq!(run.expect_code(0).stdout(), "--profile||a  b|--|$x|");
}

#[test]
fn a_command_that_cannot_be_run_exits_like_in_a_shell() {
    let (_center, env) = signed_in();
    assert_snapshot!(env.run("export-credentials --profile dev -- no-such-command"), @"
    $ export-credentials --profile dev -- no-such-command
    --- stderr
    export-credentials: error: cannot run no-such-command: No such file or directory (os error 2)
    --- exit: 127
    ");
    assert_snapshot!(env.run("export-credentials --profile dev --serve -- no-such-command"), @"
    $ export-credentials --profile dev --serve -- no-such-command
    --- stderr
    export-credentials: error: cannot run no-such-command: No such file or directory (os error 2)
    --- exit: 127
    ");
    env.write("script", "#!/bin/sh\n");
    assert_snapshot!(env.run("export-credentials --profile dev -- ./script"), @"
    $ export-credentials --profile dev -- ./script
    --- stderr
    export-credentials: error: cannot run ./script: Permission denied (os error 13)
    --- exit: 126
    ");
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(env.home().join("script"), mode).unwrap();
    env.run("export-credentials --profile dev -- ./script")
        .expect_code(0);
}

#[test]
fn no_command_runs_without_credentials() {
    let (_center, env) = crate::home();
    for serve in ["", "--serve "] {
        let line = format!("export-credentials --profile dev {serve}-- touch ran");
        env.run(&line).expect_code(253);
        assert!(!env.home().join("ran").exists());
    }
}

#[test]
fn command_lines_contain_no_secrets() {
    let (center, env) = signed_in();
    for serve in ["", "--serve "] {
        let line =
            format!("export-credentials --profile dev {serve}-- sh -c 'echo ready; read end'");
        let mut running = env.start(&line);
        running.wait_for_line(|line| line == "ready");
        let ps = env.run("ps axww -o args").expect_code(0);
        assert!(ps.stdout().contains("echo ready"), "{ps}");
        for secret in center.issued_secrets() {
            assert!(!ps.stdout().contains(&secret), "{secret}");
        }
        running.finish().expect_code(1);
    }
}

#[test]
fn the_account_is_set_on_request() {
    let mut env = home_with("secret", "token");
    env.set("AWS_ACCOUNT_ID", "999999999999");
    let found = variables_of_command(&env, "--profile dev --with-account-id");
    assert_eq!(found["AWS_ACCOUNT_ID"], "111122223333");
    let mut env = home_without_session_token();
    env.set("AWS_ACCOUNT_ID", "999999999999");
    let found = variables_of_command(&env, "--profile dev --with-account-id");
    assert!(!found.contains_key("AWS_ACCOUNT_ID"));
}
