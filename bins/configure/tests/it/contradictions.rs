//! Warnings about profiles that contradict a session that was written.

use insta::assert_snapshot;
use sso_test_support::{TestEnv, Transcript};

use crate::{SESSION, config, signed_in};

const REPEATING: &str = "
[profile a]
sso_session = my-sso
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly

[profile consistent]
sso_session = my-sso

[profile legacy]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
";

#[test]
fn session_names_each_key_that_contradicts_it() {
    let env = TestEnv::offline();
    env.write_config(&format!("{SESSION}{REPEATING}"));
    env.write_credentials("[consistent]\nsso_region = us-east-1\n");
    let run = env.run(
        "sso-configure session --no-input --sso-session my-sso --sso-region eu-west-1 \
         --start-url https://new.awsapps.com/start",
    );
    assert_snapshot!(warnings(&env, &run.expect_code(0)), @"
    sso-configure: warning: [HOME]/.aws/config:8: sso_start_url contradicts SSO session my-sso, so profile a cannot be used; remove the key
    sso-configure: warning: [HOME]/.aws/config:9: sso_region contradicts SSO session my-sso, so profile a cannot be used; remove the key
    sso-configure: warning: [HOME]/.aws/credentials:2: sso_region contradicts SSO session my-sso, so profile consistent cannot be used; remove the key
    ");
    let consistent = env.run("sso-configure session --no-input --sso-session my-sso --sso-region us-east-1 --start-url https://my-sso-portal.awsapps.com/start");
    assert_eq!(warnings(&env, &consistent.expect_code(0)), "");
}

#[test]
fn the_wizard_names_each_key_of_another_profile() {
    let env = TestEnv::offline();
    env.write_config(&format!("{SESSION}{REPEATING}"));
    env.write_credentials("[dev]\nsso_region = us-east-1\n");
    let line = "sso-configure --no-input --profile dev --sso-session my-sso --sso-region eu-west-1 \
                --account-id 111122223333 --role-name ReadOnly";
    assert_snapshot!(warnings(&env, &env.run(line).expect_code(0)), @"
    sso-configure: warning: [HOME]/.aws/config:9: sso_region contradicts SSO session my-sso, so profile a cannot be used; remove the key
    sso-configure: warning: [HOME]/.aws/credentials:2: profile dev still has sso_region, from here
    ");
}

#[test]
fn session_names_each_profile_that_requires_a_removed_scope() {
    let env = TestEnv::offline();
    env.write_config(&format!("{SESSION}{REPEATING}"));
    let line = "sso-configure session --no-input --sso-session my-sso --scopes";
    let run = env.run(&format!("{line} codewhisperer:analysis"));
    assert_snapshot!(warnings(&env, &run), @"sso-configure: warning: [HOME]/.aws/config:10: SSO session my-sso does not have the scope sso:account:access, which profile a requires");
    let run = env.run(&format!("{line} sso:account:access,codewhisperer:analysis"));
    assert_eq!(warnings(&env, &run), "");
}

#[test]
fn a_value_in_defaults_is_named_with_its_location() {
    let env = TestEnv::offline();
    env.write_config(&format!(
        "{SESSION}{REPEATING}\n[DEFAULT]\nsso_region = us-east-1\n"
    ));
    let run =
        env.run("sso-configure session --no-input --sso-session my-sso --sso-region eu-west-1");
    let warning = "config:21: sso_region contradicts SSO session my-sso, so profile consistent";
    assert!(run.stderr().contains(warning), "{run}");
}

#[test]
fn migrate_names_each_key_of_another_profile() {
    let env = TestEnv::offline();
    env.write_config(&format!(
        "{SESSION}{}",
        REPEATING.replacen("us-east-1", "eu-west-1", 1)
    ));
    let run = env.run("sso-configure migrate --yes").expect_code(0);
    assert_snapshot!(warnings(&env, &run), @"sso-configure: warning: [HOME]/.aws/config:9: sso_region contradicts SSO session my-sso, so profile a cannot be used; remove the key");
}

#[test]
fn populate_names_each_key_of_another_profile() {
    let (_center, env) = signed_in(&format!(
        "{SESSION}{}",
        REPEATING.replacen("us-east-1", "eu-west-1", 1)
    ));
    for option in [" --dry-run", ""] {
        let run = env.run(&format!("sso-configure populate --role ReadOnly{option}"));
        assert_eq!(
            run.stderr()
                .matches("sso_region contradicts SSO session my-sso, so profile a")
                .count(),
            1,
            "{run}"
        );
    }
    assert!(config(&env).contains("[profile DeveloperAccount.ReadOnly]"));
}

#[test]
fn warnings_about_contradictions_are_limited() {
    let env = TestEnv::offline();
    let profiles = (0..22).map(|number| {
        format!("[profile p{number}]\nsso_session = my-sso\nsso_region = us-east-1\n")
    });
    env.write_config(&format!("{SESSION}{}", profiles.collect::<String>()));
    let run =
        env.run("sso-configure session --no-input --sso-session my-sso --sso-region eu-west-1");
    assert_eq!(run.stderr().matches("cannot be used").count(), 20, "{run}");
    assert!(
        run.stderr()
            .contains("warning: the same applies to 2 more\n"),
        "{run}"
    );
}

fn warnings(env: &TestEnv, run: &Transcript) -> String {
    let home = env.home().display().to_string();
    let text = run.stderr().replace(&home, "[HOME]");
    let lines = text.lines().filter(|line| line.contains("warning:"));
    lines.collect::<Vec<_>>().join("\n")
}
