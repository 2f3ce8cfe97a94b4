//! What is said of a profile whose account and role do not count.

use identity_center_emulator::settings::Account;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::wizard::EVERYTHING;
use crate::{SESSION, signed_in};

const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n";

const ASSIGNED: &str =
    "sso_session = my-sso\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n";

#[test]
fn check_finds_what_counts_before_an_account_and_a_role() {
    let (_center, env) = signed_in(&format!(
        "{SESSION}\n[profile dev]\n{ASSIGNED}{ROLE}\n[profile both]\n{ROLE}{ASSIGNED}\n\
         [profile role]\n{ROLE}\n[profile empty]\n{ASSIGNED}role_arn =\n\n\
         [profile token]\nsso_session = my-sso\n{ROLE}"
    ));
    env.write_credentials("[both]\nweb_identity_token_file = /token\n");
    assert_snapshot!(env.run("sso-configure check --offline"), @"
    $ sso-configure check --offline
    --- stdout
    [HOME]/.aws/config:10: overruled: role_arn counts before the account and role that the profile dev has of a session; remove what you do not mean
    [HOME]/.aws/credentials:2: overruled: web_identity_token_file counts before the account and role that the profile both has of a session; remove what you do not mean
    --- exit: 0
    ");
}

#[test]
fn a_profile_that_is_set_up_is_said_to_keep_a_role_that_counts_before() {
    let env = TestEnv::offline();
    env.run(EVERYTHING).expect_code(0);
    let written = String::from_utf8(env.read(env.config_path())).unwrap();
    env.write_config(&written.replace("output = json\n", &format!("output = json\n{ROLE}")));
    let warned = env.run(EVERYTHING).expect_code(0);
    let warning = "config:7: role_arn counts before the account and role that the profile dev has";
    assert!(warned.stderr().contains(warning), "{warned}");
    let bearer = EVERYTHING.replace("sso:account:access", "codewhisperer:analysis");
    let silent = env.run(&bearer).expect_code(0);
    assert!(!silent.stderr().contains("warning"), "{silent}");
}

#[test]
fn populate_says_it_of_each_profile_and_of_many_how_many() {
    let (center, env) = signed_in(&format!("{SESSION}\n[DEFAULT]\n{ROLE}"));
    for dry_run in [" --dry-run", ""] {
        let run = env.run(&format!("sso-configure populate --role ReadOnly{dry_run}"));
        let said = run.stderr();
        assert_eq!(
            said.matches("config:7: role_arn counts").count(),
            2,
            "{run}"
        );
        assert!(
            said.contains("profile DeveloperAccount.ReadOnly has"),
            "{run}"
        );
        assert!(!said.contains(" more\n"), "{run}");
    }
    center.configure(|settings| settings.accounts = Account::generated(21));
    let run = env.run("sso-configure populate --role ReadOnly");
    assert!(
        run.stderr().contains("warning: so it is with 1 more\n"),
        "{run}"
    );
}
