//! Profiles that `populate --prune` removes, and those that it keeps.

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::TestEnv;
use token_cache::CacheKey;

use crate::{SESSION, config, signed_in};

const LAB: &str = "https://lab.awsapps.com/start";

/// Signs in to both sessions of a sync file, and writes their profiles.
fn populated(start_url: &str) -> (Emulator, TestEnv) {
    let (center, env) = signed_in(SESSION);
    let token = center.sign_in(&["sso:account:access"]);
    let token = token.token_file(start_url, "us-east-1");
    let key = CacheKey::session_token(&"lab".into());
    env.plant_sso_file(&format!("{key}.json"), &token);
    write_sync_file(&env, start_url, RULES);
    env.run("sso-configure populate --from all.toml")
        .expect_code(0);
    (center, env)
}

fn write_sync_file(env: &TestEnv, start_url: &str, rules: &str) {
    let lab = format!("[sso-session.lab]\nsso_start_url = {start_url:?}\n");
    env.write(
        "all.toml",
        format!("{lab}sso_region = \"us-east-1\"\n{rules}"),
    );
}

const RULES: &str = r#"
[[profiles]]
sso_session = "lab"
roles = ["ReadOnly"]
name_template = "lab.{account_id}"

[[profiles]]
sso_session = "my-sso"
roles = ["ReadOnly"]
name_template = "{account_id}"

[[profiles]]
sso_session = "my-sso"
roles = ["FullAccess"]
name_template = "full.{account_id}"
"#;

#[test]
fn a_session_without_accounts_keeps_its_profiles() {
    let (center, env) = populated(LAB);
    let before = config(&env);
    let empty = Fault::Status(200, json!({ "accountList": [] }));
    center.fail_next(Operation::ListAccounts, empty);
    assert_snapshot!(env.run("sso-configure populate --from all.toml --prune"), @"
    $ sso-configure populate --from all.toml --prune
    --- stderr
    Listing the accounts of SSO session lab
    sso-configure: warning: SSO session lab: no account is assigned to you
    sso-configure: warning: no accounts and roles of SSO session lab match [[profiles]] number 1, so none of its profiles are removed
    Listing the accounts of SSO session my-sso
    [HOME]/.aws/config: profiles: 4 unchanged.
    --- exit: 0
    ");
    assert_eq!(config(&env), before);
}

#[test]
fn a_rule_that_matches_nothing_keeps_the_profiles_of_its_session_only() {
    let check = |rule: &str, edited: &str, warning: &str, removed: &str| {
        let (center, env) = populated(LAB);
        center.configure(|settings| settings.accounts.truncate(1));
        write_sync_file(&env, LAB, &RULES.replace(rule, edited));
        let run = env.run("sso-configure populate --from all.toml --prune");
        assert!(run.stderr().contains(warning), "{run}");
        assert_eq!(
            run.stderr().matches("none of its profiles").count(),
            1,
            "{run}"
        );
        let left = config(&env);
        for name in ["lab.123456789011", "123456789011", "full.123456789011"] {
            let is_left = left.contains(&format!("[profile {name}]"));
            assert_eq!(
                is_left,
                !removed.split(' ').any(|it| it == name),
                "{name} {left}"
            );
        }
    };
    let lab = "sso_session = \"lab\"\n";
    check(
        lab,
        &format!("{lab}accounts = [\"Lba\"]\n"),
        "warning: no accounts and roles of SSO session lab match [[profiles]] number 1, so none of its \
         profiles are removed\n",
        "123456789011 full.123456789011",
    );
    check(
        "FullAccess",
        "FullAccess1",
        "of SSO session my-sso match [[profiles]] number 3, so",
        "lab.123456789011",
    );
}

#[test]
fn filters_that_match_nothing_keep_all_profiles() {
    let (_center, env) = populated(LAB);
    let before = config(&env);
    for filters in ["--account Lba", "--role Lba", "--exclude-account '*'"] {
        let line = format!("sso-configure populate --sso-session lab {filters} --prune");
        let run = env.run(&line).expect_code(0);
        let warning = "of SSO session lab match the filters, so none of its profiles are removed\n";
        assert!(run.stderr().contains(warning), "{run}");
        assert_eq!(config(&env), before);
    }
    let run = env.run("sso-configure populate --sso-session lab --account Lba");
    assert!(!run.stderr().contains("removed"), "{run}");
}

#[test]
fn a_profile_that_a_kept_session_may_own_is_kept() {
    let of_both = "
[profile of-aws-sso-util]
sso_start_url = https://my-sso-portal.awsapps.com/start/
sso_region = us-east-1
sso_account_id = 999999999999
sso_role_name = ReadOnly
sso_auto_populated = true
";
    let (_center, env) = populated(TestEnv::START_URL);
    let written = config(&env) + of_both;
    env.write_config(&written);
    let command = "sso-configure populate --from all.toml --prune";
    write_sync_file(
        &env,
        TestEnv::START_URL,
        &RULES.replacen("ReadOnly", "Missing", 1),
    );
    env.run(command).expect_code(0);
    assert_eq!(config(&env), written);
    write_sync_file(&env, TestEnv::START_URL, RULES);
    env.run(command).expect_code(0);
    assert!(!config(&env).contains("of-aws-sso-util"));
}
