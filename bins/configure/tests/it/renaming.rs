//! Profiles that `populate` renames or removes.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{SESSION, config, signed_in};

const READ_ONLY: &str = "sso-configure populate --role ReadOnly";

#[test]
fn a_renamed_account_renames_its_profiles_and_references() {
    let (center, env) = signed_in(SESSION);
    env.run(READ_ONLY).expect_code(0);
    let own = config(&env).replacen(
        "sso_auto_populated = true",
        "# mine\noutput = json\nsso_auto_populated = true",
        1,
    ) + "
[profile deploy]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = DeveloperAccount.ReadOnly

[profile other]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = ProductionAccount.ReadOnly
";
    env.write_config(&own);
    center.configure(|settings| settings.accounts[0].name = Some("Dev".to_owned()));
    assert_snapshot!(env.run(READ_ONLY), @"
    $ sso-configure populate --role ReadOnly
    --- stderr
    Listing the accounts of SSO session my-sso
    Renamed: DeveloperAccount.ReadOnly to Dev.ReadOnly
    [HOME]/.aws/config: profiles: 1 renamed, 1 unchanged.
    --- exit: 0
    ");
    let expected = own
        .replace("DeveloperAccount.ReadOnly", "Dev.ReadOnly")
        .replace("= DeveloperAccount\n", "= Dev\n");
    assert_eq!(config(&env), expected);
    env.run("sso-configure undo").expect_code(0);
    assert_eq!(config(&env), own);
    let run = env.run(&format!("{READ_ONLY} --output json"));
    let document: Value = serde_json::from_str(run.stdout()).unwrap();
    let renamed = json!([{ "from": "DeveloperAccount.ReadOnly", "to": "Dev.ReadOnly" }]);
    assert_eq!(document["renamed"], renamed);
    assert_eq!(document["changed"], json!([]));
}

#[test]
fn another_template_renames_the_profiles_and_prune_removes_none() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate").expect_code(0);
    let own = config(&env).replace(
        "sso_auto_populated = true",
        "output = json\nsso_auto_populated = true",
    );
    env.write_config(&own);
    let run = env.run("sso-configure populate --prune --name-template aws-cli");
    let run = run.expect_code(0);
    assert!(run.stderr().contains("profiles: 4 renamed.\n"), "{run}");
    assert!(!run.stderr().contains("warning"), "{run}");
    let mut expected = own;
    for (name, id) in [
        ("DeveloperAccount", "111122223333"),
        ("ProductionAccount", "123456789011"),
    ] {
        for role in ["ReadOnly", "FullAccess"] {
            expected = expected.replace(&format!("{name}.{role}]"), &format!("{role}-{id}]"));
        }
    }
    assert_eq!(config(&env), expected);
}

#[test]
fn profiles_of_several_regions_are_matched_by_region() {
    let (_center, env) = signed_in(SESSION);
    let command = "sso-configure populate --account Dev* --role ReadOnly --region eu-west-1";
    env.run(&format!(
        "{command} --region us-east-1 --name-template {{role_name}}.{{region}}"
    ))
    .expect_code(0);
    let populated = config(&env);
    env.run(&format!(
        "{command} --region us-east-1 --name-template {{region}}.{{role_name}}"
    ))
    .expect_code(0);
    let expected = populated
        .replace("ReadOnly.eu-west-1]", "eu-west-1.ReadOnly]")
        .replace("ReadOnly.us-east-1]", "us-east-1.ReadOnly]");
    assert_eq!(config(&env), expected);
    let run = env.run(
        "sso-configure populate --account Dev* --role ReadOnly --region ap-south-1 \
         --name-template {role_name}.{region}",
    );
    assert!(run.stderr().contains("profiles: 1 added.\n"), "{run}");
    assert!(config(&env).starts_with(&expected));
}

#[test]
fn profiles_with_other_owners_are_not_renamed() {
    let check = |old: &str| {
        let (_center, env) = signed_in(&format!("{SESSION}{old}"));
        env.write_credentials("[both]\nregion = eu-west-1\n");
        env.run("sso-configure populate --sso-session my-sso --account Dev* --role ReadOnly")
            .expect_code(0);
        let populated = config(&env);
        assert!(
            populated.starts_with(&format!("{SESSION}{old}")),
            "{populated}"
        );
        assert!(
            populated.contains("[profile DeveloperAccount.ReadOnly]"),
            "{populated}"
        );
    };
    let keys = "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
    let mark = "sso_auto_populated = true\n";
    check(&format!("\n[profile mine]\nsso_session = my-sso\n{keys}"));
    check(&format!(
        "\n[sso-session b]\nsso_start_url = https://b.awsapps.com/start\nsso_region = us-east-1\n\
         \n[profile of-b]\nsso_session = b\n{keys}{mark}"
    ));
    check(&format!(
        "\n[profile other-role]\nsso_session = my-sso\n{}{mark}",
        keys.replace("ReadOnly", "Admin")
    ));
    check(&format!("\n[default]\nsso_session = my-sso\n{keys}{mark}"));
    check(&format!(
        "\n[profile both]\nsso_session = my-sso\n{keys}{mark}"
    ));
}

#[test]
fn prune_names_the_keys_of_the_user() {
    let own = "
[profile gone]
sso_session = my-sso
sso_account_id = 999999999999
sso_role_name = ReadOnly
region = eu-west-1
Cli_Pager = less
output = json
sso_auto_populated = true

[profile gone-eu-west-1]
sso_session = my-sso
sso_account_id = 999999999999
sso_account_name = Old
sso_role_name = Admin
region = eu-west-1
sso_auto_populated = true

[profile deploy]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = gone-eu-west-1
";
    let (_center, env) = signed_in(&format!("{SESSION}{own}"));
    env.write_credentials("[in-credentials]\nsource_profile = gone\n");
    let without_region = env.run("sso-configure populate --prune --dry-run --output json");
    let document: Value = serde_json::from_str(without_region.stdout()).unwrap();
    let expected = json!([{ "profile": "gone", "keys": ["region", "cli_pager", "output"] }]);
    assert_eq!(document["removedKeys"], expected);
    let command =
        "sso-configure populate --account Dev* --role ReadOnly --region eu-west-1 --prune";
    assert_snapshot!(env.run(&format!("{command} --quiet --output json --dry-run")), @r#"
    $ sso-configure populate --account Dev* --role ReadOnly --region eu-west-1 --prune --quiet --output json --dry-run
    --- stdout
    {
      "schemaVersion": 1,
      "dryRun": true,
      "written": false,
      "file": "[HOME]/.aws/config",
      "added": [
        "DeveloperAccount.ReadOnly"
      ],
      "changed": [],
      "renamed": [],
      "removed": [
        "gone",
        "gone-eu-west-1"
      ],
      "unchanged": [],
      "replacedNames": [],
      "removedKeys": [
        {
          "profile": "gone",
          "keys": [
            "cli_pager",
            "output"
          ]
        }
      ],
      "skipped": []
    }
    --- exit: 1
    "#);
    assert_snapshot!(env.run(command), @"
    $ sso-configure populate --account Dev* --role ReadOnly --region eu-west-1 --prune
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: [HOME]/.aws/config:8: source_profile is gone-eu-west-1, which this run removes
    sso-configure: warning: [HOME]/.aws/credentials:2: source_profile is gone, which this run removes
    Profile gone: removed with keys that this run does not set: cli_pager, output
    Added: DeveloperAccount.ReadOnly
    Removed: gone, gone-eu-west-1
    [HOME]/.aws/config: profiles: 1 added, 2 removed.
    --- exit: 0
    ");
}

#[test]
fn a_reference_in_the_credentials_file_is_named() {
    let (_center, env) = signed_in(SESSION);
    env.run(READ_ONLY).expect_code(0);
    env.write_credentials("[a]\nsource_profile = DeveloperAccount.ReadOnly\n");
    let run = env.run(&format!("{READ_ONLY} --name-template aws-cli"));
    let warning = "/.aws/credentials:2: source_profile is DeveloperAccount.ReadOnly, \
                   which this run renames to ReadOnly-111122223333\n";
    assert!(run.expect_code(0).stderr().contains(warning));
}
