//! Profiles of a session that was renamed, in the config file or in the sync file.

use identity_center_emulator::Emulator;
use insta::assert_snapshot;
use sso_test_support::TestEnv;
use token_cache::CacheKey;

use crate::{config, signed_in};

const COMMAND: &str = "sso-configure populate --from sync.toml --prune";

fn write_sync_file(env: &TestEnv, session: &str, start_url: &str) {
    let table = format!("[sso-session.{session}]\nsso_start_url = {start_url:?}\n");
    let rule = format!("[[profiles]]\nsso_session = {session:?}\n");
    env.write(
        "sync.toml",
        format!("{table}sso_region = \"us-east-1\"\n{rule}"),
    );
}

/// Writes the profiles of `my-sso`, and signs in to `corp` with the same access portal.
fn populated() -> (Emulator, TestEnv) {
    let (center, env) = signed_in("");
    write_sync_file(&env, "my-sso", TestEnv::START_URL);
    env.run(COMMAND).expect_code(0);
    let tokens = center.sign_in(&["sso:account:access"]);
    let token = tokens.token_file(TestEnv::START_URL, "us-east-1");
    let key = CacheKey::session_token(&"corp".into());
    env.plant_sso_file(&format!("{key}.json"), &token);
    (center, env)
}

fn rename_section(env: &TestEnv) {
    let text = config(env).replacen("[sso-session my-sso]", "[sso-session corp]", 1);
    env.write_config(&text);
}

#[test]
fn profiles_follow_a_session_that_is_renamed_in_the_sync_file() {
    let (_center, env) = populated();
    let before = config(&env);
    write_sync_file(&env, "corp", "https://my-sso-portal.awsapps.com/start/#/");
    let run = env.run(COMMAND).expect_code(253);
    let way = "has this name; if SSO session my-sso was renamed to corp, rename its section\n";
    assert_eq!(run.stderr().matches(way).count(), 4, "{run}");
    assert_eq!(config(&env), before);
    rename_section(&env);
    let run = env.run(COMMAND).expect_code(0);
    assert!(run.stderr().contains("profiles: 4 changed."), "{run}");
    assert!(!run.stderr().contains("warning"), "{run}");
    let after = before.replace("sso_session = my-sso", "sso_session = corp");
    let after = after.replace("[sso-session my-sso]", "[sso-session corp]");
    assert_eq!(config(&env), after);
    let run = env.run(COMMAND).expect_code(0);
    assert!(run.stderr().contains("profiles: 4 unchanged."), "{run}");
}

#[test]
fn profiles_follow_a_rule_that_moves_to_another_name_of_the_session() {
    let (_center, env) = populated();
    write_sync_file(&env, "corp", TestEnv::START_URL);
    let file = String::from_utf8(env.read(env.home().join("sync.toml"))).unwrap();
    let moved = format!(
        "{file}roles = [\"ReadOnly\"]\n[[profiles]]\nsso_session = \"my-sso\"\nroles = [\"FullAccess\"]\n"
    );
    env.write("sync.toml", moved);
    let run = env.run(COMMAND).expect_code(0);
    assert!(
        run.stderr().contains("profiles: 2 changed, 2 unchanged."),
        "{run}"
    );
    assert_eq!(config(&env).matches("\nsso_session = corp\n").count(), 2);
}

#[test]
fn a_profile_with_another_account_or_start_url_does_not_follow() {
    let check = |from: &str, to: &str| {
        let (_center, env) = populated();
        let text = config(&env).replacen(from, to, 1);
        env.write_config(&text);
        write_sync_file(&env, "corp", TestEnv::START_URL);
        env.run(COMMAND).expect_error(253, "profile name");
        assert_eq!(config(&env), text);
    };
    check("sso_account_id = 1", "sso_account_id = 9");
    check("sso_role_name = ReadOnly", "sso_role_name = Other");
    check("https://my-sso-portal", "https://other");
    check("sso_start_url", "start_url");
    check("sso_auto_populated = true\n", "");
}

#[test]
fn prune_removes_the_surplus_profiles_of_a_session_that_was_renamed() {
    let (center, env) = populated();
    rename_section(&env);
    center.configure(|settings| {
        settings.accounts[0].roles.truncate(1);
        settings.accounts[1].name = Some("Renamed".to_owned());
    });
    write_sync_file(&env, "corp", TestEnv::START_URL);
    env.run(COMMAND).expect_code(0);
    assert_snapshot!(config(&env), @"
    [sso-session corp]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1

    [profile DeveloperAccount.ReadOnly]
    sso_session = corp
    sso_account_id = 111122223333
    sso_account_name = DeveloperAccount
    sso_role_name = ReadOnly
    sso_auto_populated = true

    [profile Renamed.ReadOnly]
    sso_session = corp
    sso_account_id = 123456789011
    sso_account_name = Renamed
    sso_role_name = ReadOnly
    sso_auto_populated = true

    [profile Renamed.FullAccess]
    sso_session = corp
    sso_account_id = 123456789011
    sso_account_name = Renamed
    sso_role_name = FullAccess
    sso_auto_populated = true
    ");
}

#[test]
fn prune_removes_them_also_after_a_run_without_prune() {
    let (center, env) = populated();
    rename_section(&env);
    center.configure(|settings| settings.accounts[0].roles.truncate(1));
    write_sync_file(&env, "corp", TestEnv::START_URL);
    env.run("sso-configure populate --from sync.toml")
        .expect_code(0);
    assert!(config(&env).contains("\nsso_session = my-sso\n"));
    env.run(COMMAND).expect_code(0);
    assert!(!config(&env).contains("\nsso_session = my-sso\n"));
}

#[test]
fn profiles_that_may_belong_to_another_session_are_named_but_not_removed() {
    let (center, env) = populated();
    let others = "
[profile unknown]
sso_session = gone
sso_account_id = 999999999999
sso_role_name = ReadOnly
sso_auto_populated = true

[profile of-other]
sso_session = other
sso_account_id = 111122223333
sso_role_name = ReadOnly
sso_auto_populated = true

[profile unmarked]
sso_session = gone
sso_account_id = 111122223333
sso_role_name = ReadOnly

[sso-session other]
sso_start_url = https://other.awsapps.com/start
sso_region = us-east-1
";
    env.write_config(&(config(&env) + others));
    center.configure(|settings| settings.accounts[0].roles.truncate(1));
    write_sync_file(&env, "corp", TestEnv::START_URL);
    let file = String::from_utf8(env.read(env.home().join("sync.toml"))).unwrap();
    env.write(
        "sync.toml",
        file + "name_template = \"{account_id}.{role_name}\"\n",
    );
    assert_snapshot!(env.run(COMMAND), @"
    $ sso-configure populate --from sync.toml --prune
    --- stderr
    Listing the accounts of SSO session corp
    sso-configure: warning: [HOME]/.aws/config:5: profile DeveloperAccount.ReadOnly is not removed: its SSO session my-sso has the start URL of SSO session corp
    sso-configure: warning: [HOME]/.aws/config:12: profile DeveloperAccount.FullAccess is not removed: its SSO session my-sso has the start URL of SSO session corp
    sso-configure: warning: [HOME]/.aws/config:19: profile ProductionAccount.ReadOnly is not removed: its SSO session my-sso has the start URL of SSO session corp
    sso-configure: warning: [HOME]/.aws/config:26: profile ProductionAccount.FullAccess is not removed: its SSO session my-sso has the start URL of SSO session corp
    sso-configure: warning: [HOME]/.aws/config:33: profile unknown is not removed: its SSO session gone does not exist
    Added: 111122223333.ReadOnly, 123456789011.ReadOnly, 123456789011.FullAccess
    [HOME]/.aws/config: profiles: 3 added.
    --- exit: 0
    ");
    assert!(config(&env).contains(others), "{}", config(&env));
    assert!(config(&env).contains("[profile DeveloperAccount.FullAccess]"));
    let run = env.run("sso-configure populate --from sync.toml");
    assert!(!run.stderr().contains("not removed"), "{run}");
}

#[test]
fn filters_that_match_nothing_keep_the_profiles_of_the_old_name() {
    let (_center, env) = populated();
    rename_section(&env);
    let before = config(&env);
    env.run("sso-configure populate --sso-session corp --account Lba --prune")
        .expect_code(0);
    assert_eq!(config(&env), before);
}
