//! JSON documents of migrate and undo.

use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::{TestEnv, Transcript};

use crate::wizard_terminal::answer;
use crate::{SESSION, config, signed_in};

const LEGACY: &str = "\
[profile a]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1

[default]
sso_start_url = https://my-sso-portal.awsapps.com/start/#/
sso_region = us-east-1

[profile other]
region = eu-west-1
";

fn document(run: &Transcript) -> Value {
    serde_json::from_str(run.stdout()).unwrap_or_else(|error| panic!("{error}: {run}"))
}

/// Returns the document that the command prints on a terminal after the answer to `question`.
fn answered(env: &TestEnv, command_line: &str, question: &str, reply: &str) -> Value {
    let mut terminal = env.start_on_terminal(&format!("sh -c '{command_line} > printed.json'"));
    answer(&mut terminal, question, reply);
    terminal.finish().expect_code(0);
    serde_json::from_slice(&env.read(env.home().join("printed.json"))).unwrap()
}

#[test]
fn json_of_migrate_lists_the_sessions_with_their_profiles() {
    let env = TestEnv::offline();
    env.write_config(LEGACY);
    let run = env.run("sso-configure migrate --yes --json").expect_code(0);
    assert_snapshot!(run.stdout().replace(env.home().to_str().unwrap(), "[HOME]"), @r#"
    {
      "schemaVersion": 1,
      "dryRun": false,
      "written": true,
      "file": "[HOME]/.aws/config",
      "sessions": [
        {
          "ssoSession": "my-sso-portal",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "ssoRegion": "us-east-1",
          "added": true,
          "profiles": [
            "a",
            "default"
          ]
        }
      ]
    }
    "#);
    let again = env.run("sso-configure migrate --json").expect_code(0);
    assert_eq!(document(&again)["sessions"], json!([]));
    assert_eq!(document(&again)["written"], false);
    let dry_run = env.run("sso-configure migrate --dry-run --json");
    assert_eq!(document(&dry_run.expect_code(0))["dryRun"], true);
}

#[test]
fn json_of_a_migration_into_an_existing_session_says_so() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let run = env.run("sso-configure migrate --yes --output json");
    let sessions = &document(&run.expect_code(0))["sessions"];
    assert_eq!(sessions[0]["ssoSession"], "my-sso");
    assert_eq!(sessions[0]["added"], false);
    assert_eq!(sessions[0]["profiles"], json!(["legacy"]));
}

#[test]
fn json_of_a_dry_run_replaces_the_diff() {
    let env = TestEnv::offline();
    env.write_config(LEGACY);
    let run = env.run("sso-configure migrate --dry-run --json");
    let migration = document(&run.expect_code(1));
    assert_eq!(migration["dryRun"], true);
    assert_eq!(migration["written"], false);
    assert_eq!(
        migration["sessions"][0]["profiles"],
        json!(["a", "default"])
    );
    assert_eq!(config(&env), LEGACY);
    env.run("sso-configure migrate --yes").expect_code(0);
    let run = env.run("sso-configure undo --dry-run --json");
    let undo = document(&run.expect_code(1));
    assert_eq!(undo["dryRun"], true);
    assert_eq!(undo["written"], false);
    assert_eq!(undo["changed"], json!(["a", "default"]));
    assert_ne!(config(&env), LEGACY);
}

#[test]
fn json_of_undo_lists_the_sections_that_change() {
    let env = TestEnv::offline();
    env.write_config(LEGACY);
    env.run("sso-configure migrate --yes").expect_code(0);
    let run = env.run("sso-configure undo --json -q").expect_code(0);
    let at = document(&run)["editedAt"].as_str().unwrap().to_owned();
    assert!(sso_types::timestamp::parse(&at).is_some(), "{at}");
    assert_snapshot!(run.redact(&at, "TIME"), @r#"
    $ sso-configure undo --json -q
    --- stdout
    {
      "schemaVersion": 1,
      "dryRun": false,
      "written": true,
      "file": "[HOME]/.aws/config",
      "edit": "sso-configure migrate",
      "editedAt": "[TIME]",
      "keepsChanges": false,
      "added": [],
      "changed": [
        "a",
        "default"
      ],
      "removed": [],
      "ssoSessions": {
        "added": [],
        "changed": [],
        "removed": [
          "my-sso-portal"
        ]
      }
    }
    --- exit: 0
    "#);
    assert_eq!(config(&env), LEGACY);
    let none = env.run("sso-configure undo --json").expect_code(253);
    assert_eq!(none.stdout(), "");
}

#[test]
fn json_of_undo_lists_added_and_removed_profiles() {
    let (_center, env) = signed_in(SESSION);
    env.run("sso-configure populate --account Dev* --role ReadOnly")
        .expect_code(0);
    let populated = env.run("sso-configure populate --account Prod* --role ReadOnly --prune");
    populated.expect_code(0);
    env.write_config(&(config(&env) + "\n[profile mine]\nregion = eu-west-1\n"));
    let undo = document(&env.run("sso-configure undo --json").expect_code(0));
    assert_eq!(undo["added"], json!(["DeveloperAccount.ReadOnly"]));
    assert_eq!(undo["removed"], json!(["ProductionAccount.ReadOnly"]));
    assert_eq!(undo["keepsChanges"], true);
    assert_eq!(undo["written"], true);
}

#[test]
fn json_of_a_refused_undo_is_printed_only_with_force() {
    let env = TestEnv::offline();
    env.write_config(LEGACY);
    env.run("sso-configure migrate --yes").expect_code(0);
    env.write_config(&config(&env).replace("my-sso-portal", "renamed"));
    let refused = env.run("sso-configure undo --json").expect_code(253);
    assert_eq!(refused.stdout(), "");
    let undo = env.run("sso-configure undo --force --json").expect_code(0);
    assert_eq!(
        document(&undo)["ssoSessions"]["removed"],
        json!(["renamed"])
    );
    assert_eq!(document(&undo)["keepsChanges"], false, "{undo}");
    assert_eq!(config(&env), LEGACY);
}

#[test]
fn json_of_a_declined_edit_says_so() {
    let env = TestEnv::offline();
    env.write_config(LEGACY);
    let migrate = "sso-configure migrate --json --sso-session new";
    for (reply, is_written) in [("n", false), ("y", true)] {
        let migration = answered(&env, migrate, "Write these changes? [y/N]:", reply);
        assert_eq!(migration["written"], is_written, "{migration}");
        assert_eq!(migration["sessions"][0]["ssoSession"], "new");
        assert_eq!(config(&env) != LEGACY, is_written);
    }
    for (reply, is_written) in [("n", false), ("y", true)] {
        let undo = answered(&env, "sso-configure undo --json", "? [y/N]:", reply);
        assert_eq!(undo["written"], is_written, "{undo}");
        assert_eq!(undo["ssoSessions"]["removed"], json!(["new"]));
        assert_eq!(config(&env) == LEGACY, is_written);
    }
}
