//! What the wizard does not take, and what it cannot go on from.

use assert_cmd::assert::OutputAssertExt;
use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Account;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::wizard::{EVERYTHING, run_with_input};
use crate::{SESSION, config, signed_in};

#[test]
fn who_has_no_account_or_no_role_is_told_so_and_nothing_is_written() {
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
    sso-configure: error: no roles are available to you in the account 111122223333
    hint: ask whoever administers IAM Identity Center to assign you to an account
    --- exit: 255
    ");
    center.configure(|settings| settings.accounts.clear());
    assert_snapshot!(env.run(command), @"
    $ sso-configure --sso-session my-sso --no-input
    --- stderr
    sso-configure: error: no AWS accounts are available to you
    hint: ask whoever administers IAM Identity Center to assign you to an account
    --- exit: 255
    ");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn what_is_missing_without_a_terminal_is_named_with_its_option() {
    let check = |arguments: &str, words: &str, flag: &str| {
        let (_center, env) = signed_in(SESSION);
        let refused = env
            .run(&format!("sso-configure {arguments}"))
            .expect_code(252);
        let said = refused.stderr();
        assert!(said.contains(words), "{said}");
        assert!(said.ends_with(&format!(" with {flag}\n")), "{said}");
        assert_eq!(config(&env), SESSION);
    };
    check(
        "",
        "no terminal to ask for: SSO session name",
        "--sso-session",
    );
    check(
        "--sso-session x",
        "no terminal to ask for: SSO start URL",
        "--start-url",
    );
    check(
        "--no-input",
        "SSO session name: a name is wanted",
        "--sso-session",
    );
    check(
        "--no-input --sso-session x",
        "a start URL is wanted",
        "--start-url",
    );
    check(
        "--no-input --sso-session x --start-url https://example.com",
        "SSO region: a Region is wanted",
        "--sso-region",
    );
    check(
        "--sso-session my-sso",
        "to ask for: AWS account",
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
        "to ask for: CLI default client Region",
        "--region",
    );
    check("session", "to ask for: SSO session name", "--sso-session");
}

#[test]
fn an_answer_that_cannot_be_right_is_refused_with_a_reason() {
    let check = |option: &str, answer: &str, reason: &str| {
        let env = TestEnv::offline();
        let mut command = env.command("sso-configure");
        let words = EVERYTHING.split_whitespace().skip(1);
        let mut words: Vec<_> = words.map(str::to_owned).collect();
        let at = words.iter().position(|word| word == option).unwrap();
        words[at + 1] = answer.to_owned();
        let output = command.args(words).assert().code(252).get_output().clone();
        let said = String::from_utf8(output.stderr).unwrap();
        let wanted = format!("sso-configure: error: {option}: {reason}");
        assert!(said.starts_with(&wanted), "{said}");
        assert!(env.files().is_empty(), "{:?}", env.files());
    };
    check("--sso-session", "my sso", "a name has no white space");
    check("--sso-session", "my\u{a0}sso", "a name has no white space");
    check("--start-url", "my-portal", "a start URL is wanted");
    check(
        "--start-url",
        "http://a.awsapps.com/start",
        "a start URL is wanted",
    );
    check(
        "--start-url",
        "http://127.0.0.1.a.com/start",
        "a start URL is wanted",
    );
    check(
        "--start-url",
        "https://me@a.com/start",
        "a start URL is wanted",
    );
    check("--start-url", "https:///start", "a start URL is wanted");
    check(
        "--start-url",
        "https://a b.com/start",
        "a start URL is wanted",
    );
    check("--sso-region", "", "a Region is wanted");
    check("--sso-region", "us_east", "a Region consists of");
    check("--scopes", "a b", "scopes have commas between them");
    check("--scopes", "a;\"b", "scopes have commas between them");
    check(
        "--account-id",
        "1234",
        "an account is a number of twelve digits",
    );
    check("--account-id", "12345678901\u{661}", "an account is");
    check("--role-name", "", "a role has a name");
    check("--region", "evil.example.com", "a Region consists of");
    check("--output-format", "xml", "the formats are json");
    check("--profile", "my dev", "a name has no white space");
    check("--profile", "", "a name is wanted");
}

#[test]
fn nobody_is_signed_in_where_nothing_may_be_asked() {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(SESSION);
    assert_snapshot!(env.run("sso-configure --sso-session my-sso --no-input"), @"
    $ sso-configure --sso-session my-sso --no-input
    --- stderr
    sso-configure: error: not signed in to the sso-session my-sso
    hint: name what you want with --account-id and --role-name, or sign in first
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn a_token_of_another_portal_by_the_same_name_is_not_taken() {
    let (center, env) = signed_in(SESSION);
    let command = "sso-configure --sso-session my-sso --start-url https://b.awsapps.com/start \
                   --sso-region us-east-1 --no-input --account-id 111122223333";
    env.run(command)
        .expect_error(253, "nobody has signed in to https://b.awsapps.com/start");
    assert!(center.requests().is_empty());
    assert_eq!(config(&env), SESSION);
}

#[test]
fn answers_that_cannot_be_read_are_refused_and_not_shown() {
    let check = |answers: &str, words: &str| {
        let env = TestEnv::offline();
        let (code, said) = run_with_input(&env, "--from -", answers);
        assert_eq!(code, 252, "{said}");
        assert!(said.contains(words), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
        assert!(env.files().is_empty());
    };
    check("", "line 1, column 0: this is no JSON object");
    check("\n\"s3cret\"", "line 2, column 8: this is no JSON object");
    check(r#"{"profile": 1}"#, "this is no JSON object");
    check(r#"{"scopes": [1]}"#, "this is no JSON object");
    check(r#"{"profil": "s3cret"}"#, "there is no question \"profil\"");
}
