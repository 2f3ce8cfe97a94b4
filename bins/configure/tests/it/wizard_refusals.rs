//! Invalid answers, and failures of the wizard.

use assert_cmd::assert::OutputAssertExt;
use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Account;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::wizard::{ALL_OPTIONS, run_with_input};
use crate::{SESSION, config, signed_in};

#[test]
fn missing_accounts_or_roles_are_an_error() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![Account::new("111122223333", "Empty", "", &[])];
    });
    let command = "sso-configure --sso-session my-sso --no-input";
    assert_snapshot!(env.run(command), @"
    $ sso-configure --sso-session my-sso --no-input
    --- stderr
    The only AWS account available to you is: 111122223333
    Using the account ID 111122223333
    sso-configure: error: no roles are available to you in account 111122223333
    hint: ask your IAM Identity Center administrator to assign you to an account
    --- exit: 255
    ");
    center.configure(|settings| settings.accounts.clear());
    assert_snapshot!(env.run(command), @"
    $ sso-configure --sso-session my-sso --no-input
    --- stderr
    sso-configure: error: no AWS accounts are available to you
    hint: ask your IAM Identity Center administrator to assign you to an account
    --- exit: 255
    ");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn without_a_terminal_a_missing_answer_names_its_option() {
    let check = |arguments: &str, words: &str, flag: &str| {
        let (_center, env) = signed_in(SESSION);
        let run = env
            .run(&format!("sso-configure {arguments}"))
            .expect_code(252);
        let stderr = run.stderr();
        assert!(stderr.contains(words), "{stderr}");
        assert!(stderr.ends_with(&format!("hint: use {flag}\n")), "{stderr}");
        assert_eq!(config(&env), SESSION);
    };
    check("", "cannot prompt for \"SSO session name", "--sso-session");
    check(
        "--sso-session x",
        "cannot prompt for \"SSO start URL",
        "--start-url",
    );
    check(
        "--no-input",
        "SSO session name: a name is required",
        "--sso-session",
    );
    check(
        "--no-input --sso-session x",
        "expected a start URL",
        "--start-url",
    );
    check(
        "--no-input --sso-session x --start-url https://example.com",
        "SSO region: expected a Region",
        "--sso-region",
    );
    check(
        "--sso-session my-sso",
        "cannot prompt for \"AWS account",
        "--account-id",
    );
    check(
        "--sso-session my-sso --no-input",
        "there are 2 AWS accounts to choose from",
        "--account-id",
    );
    check(
        "--sso-session my-sso --no-input --account-id 111122223333",
        "there are 2 roles to choose from",
        "--role-name",
    );
    check(
        "--sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
        "cannot prompt for \"Default client Region",
        "--region",
    );
    check(
        "session",
        "cannot prompt for \"SSO session name",
        "--sso-session",
    );
}

#[test]
fn invalid_answers_are_rejected_with_a_reason() {
    let check = |option: &str, answer: &str, reason: &str| {
        let env = TestEnv::offline();
        let mut command = env.command("sso-configure");
        let words = ALL_OPTIONS.split_whitespace().skip(1);
        let mut words: Vec<_> = words.map(str::to_owned).collect();
        let at = words.iter().position(|word| word == option).unwrap();
        words[at + 1] = answer.to_owned();
        let output = command.args(words).assert().code(252).get_output().clone();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let expected = format!("sso-configure: error: {option}: {reason}");
        assert!(stderr.starts_with(&expected), "{stderr}");
        assert!(env.files().is_empty(), "{:?}", env.files());
    };
    check(
        "--sso-session",
        "my sso",
        "a name must not contain white space",
    );
    check(
        "--sso-session",
        "my\u{a0}sso",
        "a name must not contain white space",
    );
    check("--start-url", "my-portal", "expected a start URL");
    check(
        "--start-url",
        "http://a.awsapps.com/start",
        "expected a start URL",
    );
    check(
        "--start-url",
        "http://127.0.0.1.a.com/start",
        "expected a start URL",
    );
    check(
        "--start-url",
        "https://me@a.com/start",
        "expected a start URL",
    );
    check("--start-url", "https:///start", "expected a start URL");
    check(
        "--start-url",
        "https://a b.com/start",
        "expected a start URL",
    );
    check("--sso-region", "", "expected a Region");
    check("--sso-region", "us_east", "a Region consists of");
    check("--scopes", "a b", "expected scopes separated by commas");
    check("--scopes", "a;\"b", "expected scopes separated by commas");
    check(
        "--account-id",
        "1234",
        "expected an account ID of 12 digits",
    );
    check(
        "--account-id",
        "12345678901\u{661}",
        "expected an account ID",
    );
    check("--role-name", "", "expected a role name");
    check("--region", "evil.example.com", "a Region consists of");
    check("--output-format", "xml", "expected one of json");
    check("--profile", "my dev", "a name must not contain white space");
    check("--profile", "", "a name is required");
}

#[test]
fn without_questions_no_sign_in_is_started() {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(SESSION);
    assert_snapshot!(env.run("sso-configure --sso-session my-sso --no-input"), @"
    $ sso-configure --sso-session my-sso --no-input
    --- stderr
    sso-configure: error: not signed in to SSO session my-sso
    hint: specify --account-id and --role-name, or sign in first
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn a_token_for_another_start_url_is_not_used() {
    let (center, env) = signed_in(SESSION);
    let command = "sso-configure --sso-session my-sso --start-url https://b.awsapps.com/start \
                   --sso-region us-east-1 --no-input --account-id 111122223333";
    env.run(command).expect_error(
        253,
        "not signed in to start URL https://b.awsapps.com/start",
    );
    assert!(center.requests().is_empty());
    assert_eq!(config(&env), SESSION);
}

#[test]
fn invalid_json_answers_are_rejected_without_quoting_them() {
    let check = |answers: &str, words: &str| {
        let env = TestEnv::offline();
        let (code, stderr) = run_with_input(&env, "--from -", answers);
        assert_eq!(code, 252, "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
        assert!(!stderr.contains("s3cret"), "{stderr}");
        assert!(env.files().is_empty());
    };
    check("", "line 1, column 0: expected a JSON object");
    check("\n\"s3cret\"", "line 2, column 8: expected a JSON object");
    check(r#"{"profile": 1}"#, "expected a JSON object");
    check(r#"{"scopes": [1]}"#, "expected a JSON object");
    check(r#"{"profil": "s3cret"}"#, "unknown key \"profil\"");
}
