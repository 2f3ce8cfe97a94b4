//! Warnings about profiles whose SSO account and role have no effect.

use identity_center_emulator::settings::Account;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::wizard::ALL_OPTIONS;
use crate::{SESSION, signed_in};

const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n";

const ASSIGNED: &str =
    "sso_session = my-sso\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n";

#[test]
fn check_finds_keys_that_take_precedence() {
    let (_center, env) = signed_in(&format!(
        "{SESSION}\n[profile dev]\n{ASSIGNED}{ROLE}\n[profile both]\n\
         role_arn = arn:aws:iam::222222222222:role/x\n{ASSIGNED}\n\
         [profile role]\n{ROLE}\n[profile empty]\n{ASSIGNED}role_arn =\n\n\
         [profile token]\nsso_session = my-sso\n{ROLE}"
    ));
    env.write_credentials("[both]\nweb_identity_token_file = /dev/null\n");
    assert_snapshot!(env.run("sso-configure check --offline"), @r#"
    $ sso-configure check --offline
    --- stdout
    [HOME]/.aws/config:27: error: empty-value: programs reject an empty role_arn
      profile: empty
      fix: remove role_arn
    [HOME]/.aws/config:21: error: unknown-source-profile: profile "base" not found
      profiles: dev, role, token
      hint: set source_profile in line 21 of [HOME]/.aws/config to an existing profile
    [HOME]/.aws/config:9: error: different-credentials: programs read profile dev differently: role_arn in the AWS CLI, boto3, these programs, Go, JavaScript, Rust; SSO role in Java
      profile: dev
      hint: keep one of role_arn with source_profile, sso_account_id with sso_role_name, and remove the other keys
    [HOME]/.aws/credentials:2: advice: overruled: web_identity_token_file takes precedence over the SSO account and role of profile both; remove the keys that are not needed
      profile: both
    [HOME]/.aws/config:30: advice: different-sources: programs read profile token differently: error in Java; role_arn in the AWS CLI, boto3, these programs, Go, JavaScript, Rust
      profile: token
      hint: keep one of role_arn with source_profile, sso_session, and remove the other keys
    --- stderr
    sso-configure: error: 5 problems found
    hint: sso-configure check --fix --offline
    --- exit: 1
    "#);
}

#[test]
fn keys_that_only_some_programs_prefer_are_named() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate").expect_code(0);
    env.write_credentials(
        "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = s\n\
         [DeveloperAccount.ReadOnly]\naws_access_key_id = AKIA\naws_secret_access_key = s\n\
         [DeveloperAccount.FullAccess]\ncredential_process = tool\n",
    );
    for command in [ALL_OPTIONS, "sso-configure populate"] {
        let run = env.run(command).expect_code(0);
        let message = "; access keys in credentials in Go, JavaScript; keep one of ";
        assert_eq!(run.stderr().matches(message).count(), 1, "{run}");
        assert_eq!(run.stderr().matches("warning: ").count(), 1, "{run}");
    }
}

#[test]
fn the_wizard_warns_of_a_key_that_takes_precedence() {
    let env = TestEnv::offline();
    env.run(ALL_OPTIONS).expect_code(0);
    let written = String::from_utf8(env.read(env.config_path())).unwrap();
    env.write_config(&written.replace("output = json\n", &format!("output = json\n{ROLE}")));
    let warned = env.run(ALL_OPTIONS).expect_code(0);
    let warning =
        "config:7: role_arn takes precedence over the SSO account and role of profile dev";
    assert!(warned.stderr().contains(warning), "{warned}");
    let bearer = ALL_OPTIONS.replace("sso:account:access", "codewhisperer:analysis");
    let silent = env.run(&bearer).expect_code(0);
    assert!(!silent.stderr().contains("warning"), "{silent}");
}

#[test]
fn populate_warns_of_each_profile_up_to_a_maximum() {
    let (center, env) = signed_in(&format!("{SESSION}\n[DEFAULT]\n{ROLE}"));
    for dry_run in [" --dry-run", ""] {
        let run = env.run(&format!("sso-configure populate --role ReadOnly{dry_run}"));
        let stderr = run.stderr();
        assert_eq!(
            stderr
                .matches("config:7: role_arn takes precedence")
                .count(),
            2,
            "{run}"
        );
        assert!(
            stderr.contains("of profile DeveloperAccount.ReadOnly;"),
            "{run}"
        );
        assert!(!stderr.contains(" more\n"), "{run}");
    }
    center.configure(|settings| settings.accounts = Account::generated(21));
    let run = env.run("sso-configure populate --role ReadOnly");
    assert!(
        run.stderr()
            .contains("warning: the same applies to 1 more\n"),
        "{run}"
    );
}
