use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{SESSION, config, signed_in};

const FILE: &str = r#"
[sso-session.my-sso]
sso_start_url = "https://my-sso-portal.awsapps.com/start"
sso_region = "us-east-1"
sso_registration_scopes = ["sso:account:access"]

[[profiles]]
sso_session = "my-sso"
accounts = ["Dev*"]
name_template = "dev-{role_name|lower}"
regions = ["eu-west-1"]

[[profiles]]
sso_session = "my-sso"
exclude_accounts = ["Dev*"]
roles = ["ReadOnly"]
set = { output = "json" }
"#;

#[test]
fn sessions_filters_templates_and_settings_come_from_the_file() {
    let (_center, env) = signed_in("");
    env.write("sso-profiles.toml", FILE);
    let command = "sso-configure populate --from sso-profiles.toml";
    assert_snapshot!(env.run(&format!("{command} --dry-run")), @"
    $ sso-configure populate --from sso-profiles.toml --dry-run
    --- stdout
    --- [HOME]/.aws/config
    +++ [HOME]/.aws/config
    @@ -0,0 +1,28 @@
    +[sso-session my-sso]
    +sso_start_url = https://my-sso-portal.awsapps.com/start
    +sso_region = us-east-1
    +sso_registration_scopes = sso:account:access
    +
    +[profile dev-readonly]
    +sso_session = my-sso
    +sso_account_id = 111122223333
    +sso_account_name = DeveloperAccount
    +sso_role_name = ReadOnly
    +region = eu-west-1
    +sso_auto_populated = true
    +
    +[profile dev-fullaccess]
    +sso_session = my-sso
    +sso_account_id = 111122223333
    +sso_account_name = DeveloperAccount
    +sso_role_name = FullAccess
    +region = eu-west-1
    +sso_auto_populated = true
    +
    +[profile ProductionAccount.ReadOnly]
    +sso_session = my-sso
    +sso_account_id = 123456789011
    +sso_account_name = ProductionAccount
    +sso_role_name = ReadOnly
    +output = json
    +sso_auto_populated = true
    --- stderr
    Listing the accounts of SSO session my-sso
    Added: dev-readonly, dev-fullaccess, ProductionAccount.ReadOnly
    Dry run: [HOME]/.aws/config: profiles: 3 added.
    --- exit: 1
    ");
    env.run(&format!("{command} --set region=us-east-2"))
        .expect_code(0);
    assert_snapshot!(config(&env), @"
    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access

    [profile dev-readonly]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_account_name = DeveloperAccount
    sso_role_name = ReadOnly
    region = us-east-2
    sso_auto_populated = true

    [profile dev-fullaccess]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_account_name = DeveloperAccount
    sso_role_name = FullAccess
    region = us-east-2
    sso_auto_populated = true

    [profile ProductionAccount.ReadOnly]
    sso_session = my-sso
    sso_account_id = 123456789011
    sso_account_name = ProductionAccount
    sso_role_name = ReadOnly
    output = json
    region = us-east-2
    sso_auto_populated = true
    ");
    let again = env
        .run(&format!("{command} --set region=us-east-2 --dry-run"))
        .expect_code(0);
    assert!(again.stderr().contains("profiles: 3 unchanged"), "{again}");
}

#[test]
fn a_sync_file_cannot_set_keys_that_run_programs_or_select_endpoints() {
    let (_center, env) = signed_in(SESSION);
    for key in [
        "credential_process",
        "endpoint_url",
        "ca_bundle",
        "sso_browser",
        "cli_pager",
        "aws_access_key_id",
        "source_profile",
    ] {
        let file = format!("[[profiles]]\nsso_session = \"my-sso\"\nset = {{ {key} = \"x\" }}\n");
        env.write("sso-profiles.toml", file);
        env.run("sso-configure populate --from sso-profiles.toml")
            .expect_error(253, "can only be set with --set on the command line");
    }
    assert_eq!(config(&env), SESSION);
    env.write(
        "sso-profiles.toml",
        "[[profiles]]\nsso_session = \"my-sso\"\n",
    );
    env.run("sso-configure populate --from sso-profiles.toml --set credential_process=true")
        .expect_code(0);
    assert_eq!(config(&env).matches("credential_process = true").count(), 4);
}

#[test]
fn a_sync_file_cannot_change_an_existing_session() {
    let (center, env) = signed_in(SESSION);
    env.write("sso-profiles.toml", FILE.replace("my-sso-portal", "phish"));
    assert_snapshot!(env.run("sso-configure populate --from sso-profiles.toml"), @"
    $ sso-configure populate --from sso-profiles.toml
    --- stderr
    sso-configure: error: [sso-session my-sso] at [HOME]/.aws/config:1 has other values than the sync file: sso_start_url
    hint: if the sync file is correct, change the section first
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn the_keys_that_contradict_the_config_file_are_named() {
    let (_center, env) = signed_in(SESSION);
    let check = |start_url: &str, region: &str, scopes: &str, keys: &str| {
        let table = format!("sso_start_url = {start_url:?}\nsso_region = {region:?}\n{scopes}\n");
        let rule = "[[profiles]]\nsso_session = \"my-sso\"\n";
        env.write(
            "sso-profiles.toml",
            format!("[sso-session.my-sso]\n{table}{rule}"),
        );
        let run = env.run("sso-configure populate --from sso-profiles.toml --dry-run");
        if keys.is_empty() {
            run.expect_code(1);
        } else {
            run.expect_error(253, &format!("other values than the sync file: {keys}\n"));
        }
    };
    let (same, other) = (TestEnv::START_URL, "https://other.awsapps.com/start");
    let same_scopes = "sso_registration_scopes = [\"sso:account:access\"]";
    let other_scopes = "sso_registration_scopes = [\"sso:account:access\", \"openid\"]";
    check(same, "US-East-1", same_scopes, "");
    check(&format!("{same}/#/"), "us-east-1", other_scopes, "");
    check(same, "us-east-2", same_scopes, "sso_region");
    check(other, "US-EAST-1", same_scopes, "sso_start_url");
    check(other, "us-east-2", same_scopes, "sso_start_url, sso_region");
    check(
        same,
        "us-east-2",
        other_scopes,
        "sso_region, sso_registration_scopes",
    );
}

#[test]
fn a_region_in_another_case_in_the_config_file_is_accepted() {
    let (_center, env) = signed_in(&SESSION.replace("us-east-1", "US-EAST-1"));
    env.write("sso-profiles.toml", FILE);
    let run = env.run("sso-configure populate --from sso-profiles.toml --dry-run");
    assert!(!run.stderr().contains("other values"), "{run}");
}

#[test]
fn errors_in_the_sync_file_give_the_line() {
    let (_center, env) = signed_in(SESSION);
    let check = |text: &str, words: &str| {
        env.write("sso-profiles.toml", text);
        env.run("sso-configure populate --from sso-profiles.toml")
            .expect_error(253, words);
    };
    check("[[profiles]]\n", "line 1: missing field `sso_session`");
    check(
        "[[profiles]]\nsso_session = \"x\"\nacounts = []\n",
        "line 3: unknown field `acounts`",
    );
    check("profiles = [\n", "sso-profiles.toml: line");
    check("[[profiles]]\nsso_session = \"no\"\n", "[sso-session no]");
    check(
        "[[profiles]]\nsso_session = \"my-sso\"\nregions = [\"a\", \"b\"]\n",
        "[[profiles]] number 1: the name template must contain {region}",
    );
    check(
        "[[profiles]]\nsso_session = \"my-sso\"\nname_template = \"{x}\"\n",
        "unknown field {x}",
    );
    check(
        "profiles = []\n[sso-session.\"a b\"]\nsso_start_url = \"x\"\nsso_region = \"y\"\n",
        "[sso-session.\"a b\"]: a name must not contain white space",
    );
    let session = |name: &str, url: &str| {
        format!(
            "profiles = []\n[sso-session.\"{name}\"]\nsso_start_url = \"{url}\"\nsso_region = \"y\"\n"
        )
    };
    check(
        &session("a\u{200b}", "https://a.awsapps.com/start"),
        "a name must not contain the character U+200B, which is invisible",
    );
    for url in [
        "https://a.awsapps.com/start\u{200b}",
        "https://a.awsapps.com/st\u{200b}art",
    ] {
        check(
            &session("a", url),
            "expected a start URL without the character U+200B",
        );
    }
    check(
        &session("a", "https://.."),
        "expected a start URL with a valid host name",
    );
    env.run("sso-configure populate --from missing.toml")
        .expect_error(253, "cannot read missing.toml");
}

#[test]
fn keys_in_other_cases_and_values_with_white_space_do_not_change_a_profile_again() {
    let (_center, env) = signed_in(SESSION);
    let rule = "[[profiles]]\nsso_session = \"my-sso\"\nregions = [\"eu-west-1\"]\n";
    env.write(
        "sso-profiles.toml",
        format!("{rule}set = {{ Output = \" json \", REGION = \"us-west-2\" }}\n"),
    );
    let command = "sso-configure populate --from sso-profiles.toml";
    env.run(command).expect_code(0);
    assert_eq!(config(&env).matches("\noutput = json\n").count(), 4);
    assert_eq!(config(&env).matches("\nregion = us-west-2\n").count(), 4);
    env.run(&format!("{command} --prune --dry-run"))
        .expect_code(0);
}

#[test]
fn unusable_settings_are_rejected_before_the_listing() {
    let (center, env) = signed_in(SESSION);
    center.forget_requests();
    for (set, message) in [
        (
            "output = \"a\\nb\"",
            "`set`: output: a value cannot contain",
        ),
        (
            "output = \"a\", Output = \"b\"",
            "`set` contains the same key twice",
        ),
        (
            "sso_region = \"us-east-1\"",
            "`set`: populate sets sso_region itself",
        ),
    ] {
        let rule = format!("[[profiles]]\nsso_session = \"my-sso\"\nset = {{ {set} }}\n");
        env.write("sso-profiles.toml", rule);
        env.run("sso-configure populate --from sso-profiles.toml")
            .expect_error(253, message);
    }
    for (name, start_url) in [("a b", "https://x.awsapps.com/start"), ("a", "ftp://x")] {
        let session = format!("[sso-session.{name:?}]\nsso_start_url = {start_url:?}\n");
        let file = format!("profiles = []\n{session}sso_region = \"us-east-1\"\n");
        env.write("sso-profiles.toml", file);
        env.run("sso-configure populate --from sso-profiles.toml")
            .expect_error(253, "[sso-session.");
    }
    assert!(center.requests().is_empty());
}

#[test]
fn another_form_of_the_start_url_is_the_same() {
    let (_center, env) = signed_in(SESSION);
    let file = FILE.replace("awsapps.com/start", "awsapps.com/start/#/");
    assert_ne!(file, FILE);
    env.write("sso-profiles.toml", file);
    env.run("sso-configure populate --from sso-profiles.toml")
        .expect_code(0);
    assert!(config(&env).starts_with(SESSION));
}
