use identity_center_emulator::settings::Account;
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::TestEnv;
use token_cache::CacheKey;

use crate::{SESSION, config, signed_in};

#[test]
fn each_account_and_role_gets_a_profile() {
    let (_center, env) = signed_in(SESSION);
    assert_snapshot!(env.run("sso-configure populate"), @"
    $ sso-configure populate
    --- stderr
    Listing the accounts of SSO session my-sso
    Added: DeveloperAccount.ReadOnly, DeveloperAccount.FullAccess, ProductionAccount.ReadOnly, ProductionAccount.FullAccess
    [HOME]/.aws/config: profiles: 4 added.
    --- exit: 0
    ");
    assert_snapshot!(config(&env), @"
    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access

    [profile DeveloperAccount.ReadOnly]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_account_name = DeveloperAccount
    sso_role_name = ReadOnly
    sso_auto_populated = true

    [profile DeveloperAccount.FullAccess]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_account_name = DeveloperAccount
    sso_role_name = FullAccess
    sso_auto_populated = true

    [profile ProductionAccount.ReadOnly]
    sso_session = my-sso
    sso_account_id = 123456789011
    sso_account_name = ProductionAccount
    sso_role_name = ReadOnly
    sso_auto_populated = true

    [profile ProductionAccount.FullAccess]
    sso_session = my-sso
    sso_account_id = 123456789011
    sso_account_name = ProductionAccount
    sso_role_name = FullAccess
    sso_auto_populated = true
    ");
    let written = config(&env);
    assert_snapshot!(env.run("sso-configure populate"), @"
    $ sso-configure populate
    --- stderr
    Listing the accounts of SSO session my-sso
    [HOME]/.aws/config: profiles: 4 unchanged.
    --- exit: 0
    ");
    assert_eq!(config(&env), written);
}

#[test]
fn a_dry_run_prints_the_diff_and_exits_with_1_if_there_is_one() {
    let (_center, env) = signed_in(SESSION);
    assert_snapshot!(env.run("sso-configure populate --role ReadOnly --dry-run"), @"
    $ sso-configure populate --role ReadOnly --dry-run
    --- stdout
    --- [HOME]/.aws/config
    +++ [HOME]/.aws/config
    @@ -2,3 +2,17 @@
     sso_start_url = https://my-sso-portal.awsapps.com/start
     sso_region = us-east-1
     sso_registration_scopes = sso:account:access
    +
    +[profile DeveloperAccount.ReadOnly]
    +sso_session = my-sso
    +sso_account_id = 111122223333
    +sso_account_name = DeveloperAccount
    +sso_role_name = ReadOnly
    +sso_auto_populated = true
    +
    +[profile ProductionAccount.ReadOnly]
    +sso_session = my-sso
    +sso_account_id = 123456789011
    +sso_account_name = ProductionAccount
    +sso_role_name = ReadOnly
    +sso_auto_populated = true
    --- stderr
    Listing the accounts of SSO session my-sso
    Added: DeveloperAccount.ReadOnly, ProductionAccount.ReadOnly
    Dry run: [HOME]/.aws/config: profiles: 2 added.
    --- exit: 1
    ");
    assert_eq!(config(&env), SESSION);
    env.run("sso-configure populate --role ReadOnly")
        .expect_code(0);
    assert_snapshot!(env.run("sso-configure populate --role ReadOnly --diff"), @"
    $ sso-configure populate --role ReadOnly --diff
    --- stderr
    Listing the accounts of SSO session my-sso
    [HOME]/.aws/config: profiles: 2 unchanged.
    --- exit: 0
    ");
}

#[test]
fn patterns_match_account_name_id_and_email_and_role_name() {
    let check = |arguments: &str, names: &[&str]| {
        let (_center, env) = signed_in(SESSION);
        env.run(&format!("sso-configure populate {arguments}"))
            .expect_code(0);
        let config = config(&env);
        let headers = config.lines().filter_map(|line| {
            let name = line.strip_prefix("[profile ")?;
            name.strip_suffix(']')
        });
        assert_eq!(headers.collect::<Vec<_>>(), names, "{arguments}");
    };
    let developer = ["DeveloperAccount.ReadOnly", "DeveloperAccount.FullAccess"];
    let production = ["ProductionAccount.ReadOnly", "ProductionAccount.FullAccess"];
    check("--account 'developer*'", &developer);
    check("--account 123456789011", &production);
    check("--account 'production-*@example.com'", &production);
    check("--exclude-account '*Dev*'", &production);
    check("--account 'Missing*'", &[]);
    check(
        "--account 'Dev*' --account 'Prod*' --role '*only'",
        &[developer[0], production[0]],
    );
    check("--exclude-role Read??ly --account Dev*", &[developer[1]]);
}

#[test]
fn each_region_gets_a_profile() {
    let (_center, env) = signed_in(SESSION);
    let command = "sso-configure populate --role ReadOnly --account Dev* --region eu-west-1 --region us-east-1";
    assert_snapshot!(env.run(command), @"
    $ sso-configure populate --role ReadOnly --account Dev* --region eu-west-1 --region us-east-1
    --- stderr
    sso-configure: error: --name-template: the name template must contain {region} if there are several Regions
    --- exit: 252
    ");
    env.run(&format!(
        "{command} --name-template '{{account_name|slug}}.{{region}}'"
    ))
    .expect_code(0);
    assert_snapshot!(config(&env).strip_prefix(SESSION).unwrap(), @"

    [profile developeraccount.eu-west-1]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_account_name = DeveloperAccount
    sso_role_name = ReadOnly
    region = eu-west-1
    sso_auto_populated = true

    [profile developeraccount.us-east-1]
    sso_session = my-sso
    sso_account_id = 111122223333
    sso_account_name = DeveloperAccount
    sso_role_name = ReadOnly
    region = us-east-1
    sso_auto_populated = true
    ");
}

#[test]
fn settings_are_written_but_cannot_replace_keys_of_populate() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate --set output=json --set Region=eu-west-1")
        .expect_code(0);
    assert_eq!(config(&env).matches("\noutput = json\n").count(), 4);
    assert_eq!(config(&env).matches("\nregion = eu-west-1\n").count(), 4);
    for setting in ["sso_account_id=1", "SSO_Session=x", "output"] {
        env.run(&format!("sso-configure populate --set {setting}"))
            .expect_code(252);
    }
}

#[test]
fn keys_and_comments_of_the_user_are_kept() {
    let (center, env) = signed_in(SESSION);
    env.run("sso-configure populate --role ReadOnly --account Dev*")
        .expect_code(0);
    let own = config(&env).replace(
        "sso_auto_populated = true",
        "# mine\nOutput=json\nsso_auto_populated = True",
    );
    env.write_config(&own);
    env.run("sso-configure populate --role ReadOnly --account Dev*")
        .expect_code(0);
    assert_eq!(config(&env), own.replace("= True", "= true"));
    center.configure(|settings| settings.accounts[0].name = Some("DeveloperAccount 2".to_owned()));
    env.run("sso-configure populate --role ReadOnly --account Dev* --name-template {role_name}")
        .expect_code(0);
    let renamed = own
        .replace("= True", "= true")
        .replace("[profile DeveloperAccount.ReadOnly]", "[profile ReadOnly]")
        .replace("= DeveloperAccount\n", "= DeveloperAccount 2\n");
    assert_eq!(config(&env), renamed);
}

#[test]
fn prune_removes_only_marked_profiles_of_the_session() {
    let others = "
[profile mine]
sso_session = my-sso
sso_account_id = 999999999999
sso_role_name = ReadOnly

[profile of-another]
sso_session = another
sso_account_id = 999999999999
sso_role_name = ReadOnly
sso_auto_populated = true
";
    let gone = "
[profile gone]
sso_session = my-sso
sso_account_id = 999999999999
sso_role_name = ReadOnly
sso_auto_populated = true
";
    let (_center, env) = signed_in(&format!("{SESSION}{others}{gone}"));
    let command = "sso-configure populate --account Dev* --role ReadOnly";
    env.run(command).expect_code(0);
    assert!(config(&env).contains("[profile gone]"));
    assert_snapshot!(env.run(&format!("{command} --prune")), @"
    $ sso-configure populate --account Dev* --role ReadOnly --prune
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: [HOME]/.aws/config:11: profile of-another is not removed: its SSO session another does not exist
    Removed: gone
    [HOME]/.aws/config: profiles: 1 removed, 1 unchanged.
    --- exit: 0
    ");
    env.run("sso-configure populate --account Missing --prune")
        .expect_code(0);
    let left = config(&env);
    assert!(!left.contains("[profile gone]"), "{left}");
    assert!(left.starts_with(&format!("{SESSION}{others}")), "{left}");
    assert!(
        left.contains("[profile DeveloperAccount.ReadOnly]"),
        "{left}"
    );
}

#[test]
fn special_characters_in_names_become_hyphens() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![
            Account::new(
                "111111111111",
                "Team  Ü \u{202e}x]\n",
                "a@example.com",
                &["R+=,.@-_"],
            ),
            Account::new("444444444444", "zz$(touch /tmp/p)", "", &["R"]),
            Account::new("222222222222", "", "", &["R"]),
            Account::new("333333333333", "", "", &["R"]),
        ];
        settings.accounts[3].name = None;
    });
    assert_snapshot!(env.run("sso-configure populate"), @r#"
    $ sso-configure populate
    --- stderr
    Listing the accounts of SSO session my-sso
    Profile Team-x.R+-.@-_: special characters replaced in "Team Ü x].R+=,.@-_"
    Profile zz-touch-tmp-p.R: special characters replaced in "zz$(touch /tmp/p).R"
    Added: Team-x.R+-.@-_, zz-touch-tmp-p.R, 222222222222.R, 333333333333.R
    [HOME]/.aws/config: profiles: 4 added.
    --- exit: 0
    "#);
    assert_snapshot!(config(&env).strip_prefix(SESSION).unwrap(), @"

    [profile Team-x.R+-.@-_]
    sso_session = my-sso
    sso_account_id = 111111111111
    sso_account_name = Team Ü x]
    sso_role_name = R+=,.@-_
    sso_auto_populated = true

    [profile zz-touch-tmp-p.R]
    sso_session = my-sso
    sso_account_id = 444444444444
    sso_account_name = zz$(touch /tmp/p)
    sso_role_name = R
    sso_auto_populated = true

    [profile 222222222222.R]
    sso_session = my-sso
    sso_account_id = 222222222222
    sso_role_name = R
    sso_auto_populated = true

    [profile 333333333333.R]
    sso_session = my-sso
    sso_account_id = 333333333333
    sso_role_name = R
    sso_auto_populated = true
    ");
    let again = env
        .run("sso-configure populate --output json")
        .expect_code(0);
    assert!(again.stderr().contains("4 unchanged"), "{again}");
    let document: serde_json::Value = serde_json::from_str(again.stdout()).unwrap();
    let expected = json!([
        {"name": "Team-x.R+-.@-_", "text": "Team Ü x].R+=,.@-_"},
        {"name": "zz-touch-tmp-p.R", "text": "zz$(touch /tmp/p).R"},
    ]);
    assert_eq!(document["replacedNames"], expected);
}

#[test]
fn profiles_of_aws_sso_util_count_as_marked() {
    let foreign = "
[profile DeveloperAccount.ReadOnly]
sso_start_url = https://my-sso-portal.awsapps.com/start/
sso_region = us-east-1
sso_account_name = Old
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-west-1
credential_process = aws-sso-util credential-process --profile DeveloperAccount.ReadOnly
sso_auto_populated = true
";
    let (_center, env) = signed_in(&format!("{SESSION}{foreign}"));
    assert_snapshot!(env.run("sso-configure populate --account Dev* --role ReadOnly"), @"
    $ sso-configure populate --account Dev* --role ReadOnly
    --- stderr
    Listing the accounts of SSO session my-sso
    Changed: DeveloperAccount.ReadOnly
    [HOME]/.aws/config: profiles: 1 changed.
    --- exit: 0
    ");
    assert_snapshot!(config(&env).strip_prefix(SESSION).unwrap(), @"

    [profile DeveloperAccount.ReadOnly]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_account_name = DeveloperAccount
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    region = eu-west-1
    credential_process = aws-sso-util credential-process --profile DeveloperAccount.ReadOnly
    sso_auto_populated = true
    sso_session = my-sso
    ");
}

#[test]
fn json_output_lists_the_profiles_by_change() {
    let (_center, env) = signed_in(SESSION);
    assert_snapshot!(env.run("sso-configure populate --output json --quiet --role ReadOnly"), @r#"
    $ sso-configure populate --output json --quiet --role ReadOnly
    --- stdout
    {
      "schemaVersion": 1,
      "dryRun": false,
      "written": true,
      "file": "[HOME]/.aws/config",
      "added": [
        "DeveloperAccount.ReadOnly",
        "ProductionAccount.ReadOnly"
      ],
      "changed": [],
      "renamed": [],
      "removed": [],
      "unchanged": [],
      "replacedNames": [],
      "removedKeys": [],
      "skipped": []
    }
    --- exit: 0
    "#);
}

#[test]
fn the_session_must_be_unambiguous() {
    let (_center, env) = signed_in(&format!("{SESSION}\n{TWO_MORE}"));
    assert_snapshot!(env.run("sso-configure populate"), @"
    $ sso-configure populate
    --- stderr
    sso-configure: error: --sso-session is required: there are several SSO sessions
    hint: use one of --sso-session my-sso, --sso-session other
    --- exit: 253
    ");
    let hostile = SESSION.replace("my-sso]", "\"$(touch x)\"]");
    let many: String = (1..=12)
        .map(|number| SESSION.replace("my-sso]", &format!("s{number}]")))
        .collect();
    env.write_config(&format!("{hostile}{many}"));
    env.run("sso-configure populate").expect_error(
        253,
        "hint: use one of --sso-session '$(touch x)', --sso-session s1, --sso-session s2, --sso-session s3, \
         --sso-session s4, --sso-session s5, --sso-session s6, --sso-session s7, --sso-session s8, \
         --sso-session s9 and 3 more\n",
    );
    env.write_config(&format!("{SESSION}\n{TWO_MORE}"));
    assert_snapshot!(env.run("sso-configure populate --profile legacy"), @r#"
    $ sso-configure populate --profile legacy
    --- stderr
    sso-configure: error: profile "legacy" has no sso_session
    hint: sso-configure migrate --start-url https://my-sso-portal.awsapps.com/start
    --- exit: 253
    "#);
    env.run("sso-configure populate --profile of-my-sso --dry-run")
        .expect_code(1);
    let env = TestEnv::offline();
    assert_snapshot!(env.run("sso-configure populate"), @"
    $ sso-configure populate
    --- stderr
    sso-configure: error: no [sso-session] section in [HOME]/.aws/config
    hint: sso-configure session
    --- exit: 253
    ");
    assert!(env.files().is_empty());
}

const TWO_MORE: &str = "\
[sso-session other]
sso_start_url = https://other.awsapps.com/start
sso_region = us-east-1

[profile of-my-sso]
sso_session = my-sso

[profile legacy]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
";

#[test]
fn a_missing_token_is_an_error_with_a_login_hint() {
    let (_center, env) = signed_in(SESSION);
    std::fs::remove_dir_all(env.sso_cache()).unwrap();
    assert_snapshot!(env.run("sso-configure populate --login"), @"
    $ sso-configure populate --login
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: error: not signed in to SSO session my-sso
    hint: sso-login --sso-session my-sso
    --- exit: 253
    ");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn profiles_of_a_renamed_session_are_updated() {
    let (center, env) = signed_in(SESSION);
    env.run("sso-configure populate --role ReadOnly")
        .expect_code(0);
    let renamed = config(&env).replacen("[sso-session my-sso]", "[sso-session corp]", 1);
    env.write_config(&renamed);
    let tokens = center.sign_in(&["sso:account:access"]);
    let token = tokens.token_file(TestEnv::START_URL, "us-east-1");
    let key = CacheKey::session_token(&"corp".into());
    env.plant_sso_file(&format!("{key}.json"), &token);
    let run = env.run("sso-configure populate --role ReadOnly --prune");
    assert!(run.stderr().contains("profiles: 2 changed."), "{run}");
    assert_eq!(
        config(&env),
        renamed.replace("sso_session = my-sso", "sso_session = corp")
    );

    let of_another_account = renamed.replacen("111122223333", "999999999999", 1);
    env.write_config(&of_another_account);
    env.run("sso-configure populate --role ReadOnly --prune")
        .expect_error(253, "1 profile name conflicts");
    assert_eq!(config(&env), of_another_account);
}

#[test]
fn a_mark_in_defaults_marks_no_profile() {
    let own = "
[DEFAULT]
sso_auto_populated = true

[profile mine]
sso_session = my-sso
sso_account_id = 999999999999
sso_role_name = ReadOnly
";
    let (_center, env) = signed_in(&format!("{SESSION}{own}"));
    let command = "sso-configure populate --role ReadOnly --prune";
    env.run(command).expect_code(0);
    let populated = config(&env);
    assert!(
        populated.starts_with(&format!("{SESSION}{own}")),
        "{populated}"
    );
    assert_eq!(populated.matches("\nsso_auto_populated = true").count(), 3);
    let run = env.run(command).expect_code(0);
    assert!(run.stderr().contains("profiles: 2 unchanged."), "{run}");
}

#[test]
fn settings_are_checked_before_the_listing() {
    let (center, env) = signed_in(SESSION);
    center.forget_requests();
    for setting in ["a:b=1", "=1", "'region=eu\nwest'"] {
        env.run(&format!("sso-configure populate --set {setting}"))
            .expect_code(252);
    }
    assert!(center.requests().is_empty());
    env.run("sso-configure populate --set ' Output = json '")
        .expect_code(0);
    assert_eq!(config(&env).matches("\noutput = json\n").count(), 4);
}
