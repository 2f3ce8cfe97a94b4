use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{SESSION, config};

#[test]
fn global_options_are_accepted_before_and_after_the_subcommand() {
    let check = |arguments: &str| {
        let env = TestEnv::offline();
        env.write_config(SESSION);
        let run = env.run(&format!("sso-configure {arguments}"));
        let run = run.expect_code(0);
        assert_eq!(run.stderr(), "", "{run}");
        assert_eq!(config(&env), SESSION.replace("us-east-1", "eu-west-1"));
    };
    let subcommand = "session --no-input --sso-session my-sso --sso-region eu-west-1";
    check(&format!("-q {subcommand}"));
    check(&format!("{subcommand} -q"));
    check(&format!("--color never --quiet {subcommand}"));
    check(&format!(
        "--connect-timeout 3 {subcommand} --read-timeout 3 -q"
    ));
}

#[test]
fn wizard_options_before_a_subcommand_are_rejected() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    assert_snapshot!(env.run("sso-configure -q --sso-session my-sso populate"), @"
    $ sso-configure -q --sso-session my-sso populate
    --- stderr
    sso-configure: error: '--sso-session' cannot be used before 'populate'; put options of 'populate' after it

    Usage: sso-configure [OPTIONS] [COMMAND]

    For more information, try '--help'.
    --- exit: 252
    ");
    for option in [
        "--profile p",
        "--no-input",
        "--output json",
        "--qr",
        "--from -",
        "--sso-session my-sso",
    ] {
        for subcommand in [
            "sso", "session", "populate", "list", "accounts", "check", "migrate", "undo",
        ] {
            env.run(&format!("sso-configure {option} {subcommand}"))
                .expect_error(252, &format!("cannot be used before '{subcommand}'"));
        }
    }
    assert_eq!(config(&env), SESSION);
}

#[test]
fn completion_offers_commands_and_names_from_the_config_file() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check =
        |typed, names: [&str; 1]| assert_eq!(env.completions("sso-configure", typed), names);
    check("pop", ["populate"]);
    check("--profile p", ["prod"]);
    check("populate --profile p", ["prod"]);
    check("session --sso-session ''", ["my-sso"]);
    check("accounts --sso-session ''", ["my-sso"]);
    check("acc", ["accounts"]);
}

#[test]
fn help_of_populate_gives_the_defaults_that_it_uses() {
    let env = TestEnv::offline();
    let help = env.run("sso-configure populate --help").expect_code(0);
    let help = help.stdout();
    assert!(
        help.contains("SSO session [default: the only one configured]"),
        "{help}"
    );
    assert!(!help.contains("AWS_PROFILE"), "{help}");
}
