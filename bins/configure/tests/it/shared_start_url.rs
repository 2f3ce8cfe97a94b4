//! Two users with one start URL, and so two sessions.

use identity_center_emulator::Emulator;
use insta::assert_snapshot;
use sso_test_support::TestEnv;
use token_cache::CacheKey;

use crate::{SESSION, config, signed_in};

const ADMIN: &str = "
[sso-session admin]
sso_start_url = https://my-sso-portal.awsapps.com/start/#/
sso_region = us-east-1
";
const OWN: &str = "sso-configure populate --account Dev* --sso-session my-sso";
const OF_ADMIN: &str = "sso-configure populate --account Dev* --sso-session admin";

fn signed_in_twice() -> (Emulator, TestEnv) {
    let (center, env) = signed_in(&format!("{SESSION}{ADMIN}"));
    let token = center.sign_in(&["sso:account:access"]);
    let token = token.token_file(TestEnv::START_URL, "us-east-1");
    let key = CacheKey::session_token(&"admin".into());
    env.plant_sso_file(&format!("{key}.json"), &token);
    (center, env)
}

#[test]
fn each_session_has_its_own_profiles() {
    let (_center, env) = signed_in_twice();
    env.run(&format!("{OWN} --name-template own-{{role_name}}"))
        .expect_code(0);
    let deploy = "\n[profile deploy]\nsource_profile = own-ReadOnly\n";
    let own = config(&env) + deploy;
    env.write_config(&own);
    for option in ["", "--prune"] {
        let run = env.run(&format!(
            "{OF_ADMIN} --name-template admin-{{role_name}} {option}"
        ));
        run.expect_code(0);
        assert!(config(&env).starts_with(&own), "{}", config(&env));
        assert_eq!(config(&env).matches("sso_session = admin\n").count(), 2);
    }
    let both = config(&env);
    env.run(&format!("{OWN} --name-template own-{{role_name}} --prune"))
        .expect_code(0);
    assert_eq!(config(&env), both);
}

#[test]
fn the_names_of_the_other_session_are_rejected() {
    let (_center, env) = signed_in_twice();
    env.run(OWN).expect_code(0);
    let own = config(&env);
    assert_snapshot!(env.run(OF_ADMIN), @r#"
    $ sso-configure populate --account Dev* --sso-session admin
    --- stderr
    Listing the accounts of SSO session admin
    sso-configure: warning: "DeveloperAccount.ReadOnly" would be the name of ReadOnly in DeveloperAccount (111122223333) of admin, but the profile at [HOME]/.aws/config:10 has this name; if SSO session my-sso was renamed to admin, rename its section
    sso-configure: warning: "DeveloperAccount.FullAccess" would be the name of FullAccess in DeveloperAccount (111122223333) of admin, but the profile at [HOME]/.aws/config:17 has this name; if SSO session my-sso was renamed to admin, rename its section
    sso-configure: error: 2 profile names conflict; nothing was written
    hint: make the names unique with --name-template, or filter with --account and --role
    --- exit: 253
    "#);
    env.run(&format!("{OF_ADMIN} --prune"))
        .expect_error(253, "2 profile names conflict");
    assert_eq!(config(&env), own);
}

/// The sync file has both sessions, and other templates than in the last run.
#[test]
fn other_templates_do_not_move_profiles_between_sessions() {
    let (_center, env) = signed_in_twice();
    let write = |own: &str, admin: &str| {
        let rule = |session: &str, template: &str| {
            format!("[[profiles]]\nsso_session = {session:?}\nname_template = {template:?}\n")
        };
        let (own, admin) = (rule("my-sso", own), rule("admin", admin));
        env.write("both.toml", format!("{admin}{own}"));
        env.run("sso-configure populate --from both.toml")
            .expect_code(0);
    };
    write(
        "{account_name}.{role_name}",
        "admin.{account_name}.{role_name}",
    );
    let before = config(&env);
    write(
        "own.{account_name}.{role_name}",
        "{account_name}.{role_name}",
    );
    let expected = before
        .replace("[profile Dev", "[profile own.Dev")
        .replace("[profile Prod", "[profile own.Prod")
        .replace("[profile admin.", "[profile ");
    assert_eq!(config(&env), expected);
}

#[test]
fn a_rule_that_matches_nothing_moves_no_profile() {
    let (_center, env) = signed_in_twice();
    let rule = "[[profiles]]\nsso_session = \"my-sso\"\n";
    let of_admin = "[[profiles]]\nsso_session = \"admin\"\n";
    env.write("both.toml", rule);
    env.run("sso-configure populate --from both.toml")
        .expect_code(0);
    let own = config(&env);
    let nothing = format!("{rule}accounts = [\"Lba\"]\n{of_admin}");
    env.write("both.toml", nothing);
    env.run("sso-configure populate --from both.toml")
        .expect_error(253, "4 profile names conflict");
    assert_eq!(config(&env), own);
}
