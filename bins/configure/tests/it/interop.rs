//! The AWS CLI and boto3 read the written profiles.

use std::collections::BTreeSet;

use identity_center_emulator::settings::Account;
use sso_test_support::{TestEnv, aws_cli, python};

use crate::{SESSION, signed_in};

/// Populates profiles for accounts with unusual names, and returns the profile names.
fn populated() -> (
    identity_center_emulator::Emulator,
    TestEnv,
    BTreeSet<String>,
) {
    let (center, env) = signed_in(SESSION);
    let names = [
        "Plain",
        "With  Blanks",
        "Ünïcödé 日本",
        "quo'te\"s",
        "brack]et[s",
        "#hash; x",
        "back\\slash",
    ];
    center.configure(|settings| {
        settings.accounts = (111_111_111_111_u64..)
            .zip(names)
            .map(|(id, name)| Account::new(&id.to_string(), name, "", &["ReadOnly"]))
            .collect();
    });
    env.run("sso-configure populate --region eu-west-1")
        .expect_code(0);
    let profiles = [
        "Plain.ReadOnly",
        "With-Blanks.ReadOnly",
        "n-c-d.ReadOnly",
        "quo-te-s.ReadOnly",
        "brack-et-s.ReadOnly",
        "hash-x.ReadOnly",
        "back-slash.ReadOnly",
    ];
    let profiles = profiles.map(str::to_owned).into();
    (center, env, profiles)
}

#[test]
fn the_aws_cli_lists_and_reads_all_profiles() {
    let Some(aws) = aws_cli() else { return };
    let (_center, env, profiles) = populated();
    let run = |arguments: &[&str]| {
        let output = env.command(aws.to_str().unwrap()).args(arguments).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let listed = run(&["configure", "list-profiles"]);
    assert_eq!(
        listed.lines().map(str::to_owned).collect::<BTreeSet<_>>(),
        profiles
    );
    let profile = profiles.first().unwrap();
    let role = run(&["configure", "get", "sso_role_name", "--profile", profile]);
    assert_eq!(role.trim_end(), "ReadOnly");
}

#[test]
fn boto3_lists_and_uses_all_profiles() {
    let Some(python) = python("boto3") else {
        return;
    };
    let (_center, env, profiles) = populated();
    let output = env
        .command(python.to_str().unwrap())
        .args(["-c", USE_EACH])
        .output()
        .unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let listed: BTreeSet<_> = listed.lines().map(str::to_owned).collect();
    assert_eq!(listed, profiles, "{stderr}");
}

const USE_EACH: &str = "
import boto3
for name in boto3.Session().available_profiles:
    session = boto3.Session(profile_name=name)
    assert session.region_name == 'eu-west-1', name
    assert session.get_credentials().get_frozen_credentials().access_key.startswith('ASIA'), name
    print(name)
";
