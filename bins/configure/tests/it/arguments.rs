//! What stands where on the command line.

use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{SESSION, config};

#[test]
fn what_every_subcommand_takes_stands_before_it_or_after_it() {
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
fn the_wizards_own_options_are_refused_before_a_subcommand() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    assert_snapshot!(env.run("sso-configure -q --sso-session my-sso populate"), @"
    $ sso-configure -q --sso-session my-sso populate
    --- stderr
    sso-configure: error: '--sso-session' cannot stand before 'populate'; options of 'populate' come after it

    Usage: sso-configure [OPTIONS] [COMMAND]

    For more information, try '--help'.
    --- exit: 252
    ");
    for own in [
        "--profile p",
        "--no-input",
        "--output json",
        "--qr",
        "--from -",
        "--sso-session my-sso",
    ] {
        for subcommand in [
            "sso", "session", "populate", "list", "check", "migrate", "undo",
        ] {
            env.run(&format!("sso-configure {own} {subcommand}"))
                .expect_error(252, &format!("cannot stand before '{subcommand}'"));
        }
    }
    assert_eq!(config(&env), SESSION);
}

#[test]
fn the_tab_key_completes_commands_and_names_from_the_config() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check =
        |typed, names: [&str; 1]| assert_eq!(env.completions("sso-configure", typed), names);
    check("pop", ["populate"]);
    check("--profile p", ["prod"]);
    check("populate --profile p", ["prod"]);
    check("session --sso-session ''", ["my-sso"]);
}
