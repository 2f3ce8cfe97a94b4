//! Findings about profiles that programs read differently, compared with the page that is checked
//! against runs of these programs.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::{CredentialSource, EQUIVALENT_COMMANDS, SHELL_COMMANDS, TestEnv};

const PAGE: &str = include_str!("../../../../docs/guide/consumers.md");

/// Programs of the columns of the page.
const PROGRAMS: [&str; 5] = [
    "the AWS CLI, boto3, these programs",
    "Go",
    "Java",
    "JavaScript",
    "Rust",
];

/// Returns the findings with a code that begins with `prefix`.
fn findings(env: &TestEnv, prefix: &str) -> Vec<Value> {
    let check = env.run("sso-configure check --offline --output json");
    let output: Value = serde_json::from_str(check.stdout()).unwrap();
    let findings = output["findings"].as_array().unwrap().iter();
    let is_of_prefix = |it: &&Value| it["code"].as_str().unwrap().starts_with(prefix);
    findings.filter(is_of_prefix).cloned().collect()
}

#[test]
fn check_reports_the_pairs_of_sources_of_which_programs_select_different_ones() {
    for [first, second] in CredentialSource::pairs() {
        let env = TestEnv::offline();
        let [config, credentials] = CredentialSource::files(&[first, second], "/home");
        env.write_config(&config);
        env.write_credentials(&credentials);
        let row = format!("| {} | {} | ", first.name, second.name);
        let cells = PAGE.lines().find_map(|line| line.strip_prefix(&row));
        let cells = cells.unwrap().trim_end_matches(" |").replace('`', "");
        let cells: Vec<_> = cells.split(" | ").collect();
        let findings = findings(&env, "different-");
        let [finding] = findings.as_slice() else {
            assert!(findings.is_empty(), "{row}");
            assert!(cells.iter().all(|cell| *cell == cells[0]), "{row}");
            continue;
        };
        let sentence = finding["sentence"].as_str().unwrap();
        let (_, selections) = sentence.split_once(": ").unwrap();
        assert_eq!(
            selections.split("; ").collect::<BTreeSet<_>>(),
            expected(&cells).iter().map(String::as_str).collect(),
            "{row}"
        );
        assert!(expected(&cells).len() > 1, "{row}");
        assert_eq!(finding["severity"], severity(&cells), "{row}");
    }
}

/// Groups the programs by the source that they select.
fn expected(cells: &[&str]) -> BTreeSet<String> {
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for (cell, programs) in cells.iter().zip(PROGRAMS) {
        groups.entry(cell).or_default().push(programs);
    }
    let groups = groups.iter();
    groups
        .map(|(cell, programs)| format!("{cell} in {}", programs.join(", ")))
        .collect()
}

/// Returns `error` if the identities certainly differ. All keys of a role are for the same role.
fn severity(cells: &[&str]) -> &'static str {
    let identity = |cell: &&str| match *cell {
        "error" | "credential_process" => None,
        "web_identity_token_file" | "role_arn" => Some("role_arn"),
        "access keys in credentials" | "access keys in config" => Some("access keys"),
        "SSO role" => Some("SSO role"),
        _ => Some("login_session"),
    };
    let identities: BTreeSet<_> = cells.iter().filter_map(identity).collect();
    if identities.len() > 1 {
        "error"
    } else {
        "advice"
    }
}

#[test]
fn check_names_the_programs_and_the_keys_to_keep() {
    let env = TestEnv::offline();
    env.write_config(
        "[sso-session my-sso]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
         sso_region = us-east-1\n\n[DEFAULT]\nsso_session = my-sso\n\
         sso_account_id = 123456789011\nsso_role_name = ReadOnly\n\n[profile process]\n\
         credential_process = cat\n\n[profile role]\nrole_arn = arn:aws:iam::222222222222:role/x\n\
         source_profile = base\n\n[profile all]\ncredential_process = cat\n\
         aws_access_key_id = AKIA\naws_secret_access_key = secret\n\n[profile url]\n\
         sso_start_url = https://my-sso-portal.awsapps.com/start\n\n[profile alone]\n\
         role_arn = arn:aws:iam::222222222222:role/x\n\n[profile same]\nregion = us-east-1\n",
    );
    assert_snapshot!(env.run("sso-configure check --offline"), @"
    $ sso-configure check --offline
    --- stdout
    [HOME]/.aws/config:8: error: different-credentials: programs read profile role differently: role_arn in the AWS CLI, boto3, these programs, Go, JavaScript, Rust; SSO role in Java
      hint: keep one of role_arn with source_profile, sso_account_id with sso_role_name, and remove the other keys
    [HOME]/.aws/config:18: error: different-credentials: programs read profile all differently: SSO role in the AWS CLI, boto3, these programs, Java, Rust; access keys in config in Go, JavaScript
      profile: all
      hint: keep one of sso_account_id with sso_role_name, credential_process, access keys in config, and remove the other keys
    [HOME]/.aws/config:26: error: different-credentials: programs read profile alone differently: error in the AWS CLI, boto3, these programs, Rust; role_arn in Go; SSO role in Java, JavaScript
      profile: alone
      hint: remove role_arn, or move the other keys to a profile and set source_profile to it
    [HOME]/.aws/config:5: advice: D05: the CLI applies these keys to every section, SDKs ignore them; move them to the sections that need them
    [HOME]/.aws/config:11: advice: different-sources: programs read profile process differently: SSO role in the AWS CLI, boto3, these programs, Go, Java, Rust; credential_process in JavaScript
      profile: process
      hint: keep one of sso_account_id with sso_role_name, credential_process, and remove the other keys
    [HOME]/.aws/config:23: advice: different-sources: programs read profile url differently: error in Rust; SSO role in the AWS CLI, boto3, these programs, Go, Java, JavaScript
      profile: url
      hint: remove sso_start_url and sso_region; the SSO session sets them
    --- stderr
    sso-configure: error: 6 problems found
    --- exit: 1
    ");
}

#[test]
fn check_reports_shell_syntax_with_its_line() {
    for (name, command) in SHELL_COMMANDS {
        let env = with_command(command);
        // A program that only a shell can start is reported by another rule.
        let found = ["shell-syntax", "unusable-program"].map(|code| findings(&env, code));
        let found: Vec<_> = found.into_iter().flatten().collect();
        let is_shell = |it: &&Value| it["hint"].as_str().unwrap().contains("sh -c");
        let [finding] = found.iter().filter(is_shell).collect::<Vec<_>>()[..] else {
            panic!("{name}: {found:?}");
        };
        let location = finding["location"].as_str().unwrap();
        assert!(location.ends_with("config:3"), "{name}: {finding}");
    }
    for (name, command) in EQUIVALENT_COMMANDS {
        let findings = findings(&with_command(command), "shell-syntax");
        assert!(findings.is_empty(), "{name}: {findings:?}");
    }
}

/// Creates a home with two profiles that inherit the command.
fn with_command(command: &str) -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(&format!(
        "[DEFAULT]\nregion = us-east-1\ncredential_process = {command}\n\n[profile a]\n\n[profile b]\n"
    ));
    env
}

#[test]
fn check_shows_the_characters_and_a_command_with_the_same_meaning() {
    let env = TestEnv::offline();
    env.write_config("[profile dev]\ncredential_process = cat --token \"$SECRET\" | filter 2>&1\n");
    assert_snapshot!(env.run("sso-configure check --offline"), @"
    $ sso-configure check --offline
    --- stdout
    [HOME]/.aws/config:2: advice: shell-syntax: the credential_process of profile dev: its shell syntax ($ | > &) is passed literally; the SDKs for Go, Java, JavaScript and Rust run it in a shell, the AWS CLI and boto3 do not
      profile: dev
      hint: write it as sh -c 'COMMAND', without a space before ; or #
    --- stderr
    sso-configure: error: 1 problem found
    --- exit: 1
    ");
}
