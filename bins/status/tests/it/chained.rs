//! Profiles that reach a session through other profiles.

use identity_center_emulator::Emulator;
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::TestEnv;

use crate::{HOUR, home, json_of, signed_in_for};

/// botocore's cache file name for the role `x` without further parameters.
const CREDENTIALS_OF_X: &str = "95d09881ce2b8640037689ba1232104a0ff278d8.json";

const CHAINS: &str = "
[profile deploy]
role_arn = arn:aws:iam::222222222222:role/path/x
source_profile = dev
[profile exported]
credential_process = export-credentials -p deploy --format process
[profile plain-export]
credential_process = export-credentials -p dev --format process
[profile keys]
aws_access_key_id = AKIA
aws_secret_access_key = hunter2
[profile of-keys]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = keys
";

const BROKEN: &str = "
[profile lost]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = dve
[profile of-lost]
role_arn = arn:aws:iam::222222222222:role/y
source_profile = lost
";

fn with_chains((center, env): (Emulator, TestEnv)) -> (Emulator, TestEnv) {
    let config = CHAINS.replace("role/path/x", "role/x");
    env.write_config(&format!("{}{config}", TestEnv::SAMPLE_CONFIG));
    (center, env)
}

fn plant_role(env: &TestEnv) {
    let credentials = json!({
        "Credentials": {
            "AccessKeyId": "ASIAEXAMPLEEXAMPLE01",
            "SecretAccessKey": "hunter2",
            "SessionToken": "hunter3",
            "Expiration": "2099-12-31T23:59:59Z",
        },
        "AssumedRoleUser": {
            "AssumedRoleId": "AROAEXAMPLE:otter",
            "Arn": "arn:aws:sts::222222222222:assumed-role/x/otter",
        },
    });
    env.plant_cli_file(CREDENTIALS_OF_X, &credentials);
}

#[test]
fn a_chained_profile_has_the_state_of_its_role_and_session() {
    let (_center, env) = with_chains(home());
    for name in ["deploy", "exported"] {
        let status = env.run(&format!("sso-status --profile {name}"));
        let expected = format!("hint: sso-login --profile {name}\n");
        assert!(status.expect_code(253).stderr().ends_with(&expected));
    }
    plant_role(&env);
    for (name, chain) in [
        ("deploy", json!(["deploy", "dev"])),
        ("exported", json!(["exported", "deploy", "dev"])),
    ] {
        let status = env.run(&format!("sso-status --json --profile {name}"));
        let document = json_of(&status.expect_code(0));
        assert_eq!(document["sessions"].as_array().unwrap().len(), 1);
        assert_eq!(document["sessions"][0]["sessionName"], "my-sso");
        let mut profile = document["profiles"][0].clone();
        profile["file"].take();
        let expected = json!({
            "profile": name,
            "sessionName": "my-sso",
            "startUrl": TestEnv::START_URL,
            "accountId": "222222222222",
            "roleName": "x",
            "roleArn": "arn:aws:iam::222222222222:role/x",
            "chain": chain,
            "credentialsUsable": true,
            "credentialsExpireAt": "2099-12-31T23:59:59Z",
            "file": null,
            "problem": null,
        });
        assert_eq!(profile, expected);
    }
}

#[test]
fn all_profiles_that_reach_a_session_are_listed_in_file_order() {
    let (_center, env) = with_chains(home());
    let names = |arguments: &str| -> Vec<String> {
        let status = env.run(&format!("sso-status --json {arguments}"));
        let document = json_of(&status.expect_code(253));
        let profiles = document["profiles"].as_array().unwrap().clone();
        let name = |it: &serde_json::Value| it["profile"].as_str().unwrap().to_owned();
        profiles.iter().map(name).collect()
    };
    let of_my_sso = ["dev", "prod", "deploy", "exported", "plain-export"];
    assert_eq!(names("--sso-session my-sso"), of_my_sso);
    let all = [
        "dev",
        "prod",
        "legacy",
        "deploy",
        "exported",
        "plain-export",
    ];
    assert_eq!(names(""), all);
    assert_eq!(names("--all"), all);
    assert_eq!(names(&format!("--start-url {}", TestEnv::START_URL)), all);
    assert_eq!(names("-p deploy -p deploy -p dev"), ["deploy", "dev"]);
    let path = format!("{}{CHAINS}", TestEnv::SAMPLE_CONFIG);
    env.write_config(&path);
    let rows = env.run("sso-status -p deploy -p exported -p plain-export");
    assert_snapshot!(rows.stdout(), @"
    SESSION  TOKEN       REFRESHABLE
    my-sso   signed out  –

    PROFILE       SESSION  ACCOUNT       ROLE      CREDENTIALS
    deploy        my-sso   222222222222  x         –
    exported      my-sso   222222222222  x         –
    plain-export  my-sso   111122223333  ReadOnly  –
    ");
}

#[test]
fn each_invalid_chain_is_one_warning() {
    let (_center, env) = with_chains(signed_in_for(HOUR));
    env.write_config(&format!("{}{CHAINS}{BROKEN}", TestEnv::SAMPLE_CONFIG));
    let status = env.run("sso-status").expect_code(0);
    let line = "profile \"dve\" not found";
    assert_eq!(status.stderr().matches(line).count(), 1, "{status}");
    let config = TestEnv::SAMPLE_CONFIG.replacen("sso_region = us-east-1\n", "", 1);
    env.write_config(&format!("{config}{CHAINS}"));
    let status = env.run("sso-status");
    let line = "lacks sso_region";
    assert_eq!(status.stderr().matches(line).count(), 1, "{status}");
}

#[test]
fn the_prompt_shows_the_session_of_a_chained_profile() {
    let check = |env: &TestEnv, code: i32, line: &str| {
        let prompt = env.run("sso-status --format prompt").expect_code(code);
        assert_eq!((prompt.stdout(), prompt.stderr()), (line, ""), "{prompt}");
    };
    let (_center, mut env) = with_chains(signed_in_for(HOUR));
    env.set("AWS_PROFILE", "exported");
    check(&env, 0, "exported 59m\n");
    let (_center, mut env) = with_chains(home());
    env.set("AWS_PROFILE", "deploy");
    check(&env, 253, "deploy signed out\n");
    plant_role(&env);
    let prompt = env.run("sso-status --format prompt").expect_code(0);
    assert!(prompt.stdout().ends_with("d\n"), "{prompt}");
    for other in ["keys", "of-keys"] {
        env.set("AWS_PROFILE", other);
        check(&env, 0, "");
    }
    env.write_config(BROKEN);
    for name in ["lost", "of-lost"] {
        env.set("AWS_PROFILE", name);
        check(&env, 253, &format!("{name} ?\n"));
        let json = env
            .run("sso-status --format prompt --json")
            .expect_code(253);
        let problem = json_of(&json)["problems"][0].to_string();
        assert!(problem.contains("dve"), "{json}");
    }
}
