//! Profiles that a finding of `check` affects, also through processes that export credentials.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sso_test_support::TestEnv;

use crate::SESSION;

const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";
const SSO: &str = "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n";

fn env(config: &str) -> TestEnv {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(&format!("{SESSION}{config}"));
    env
}

/// Returns the code and the profiles of each finding.
fn findings(env: &TestEnv) -> Vec<(String, Vec<String>)> {
    let run = env.run("sso-configure check --offline --json");
    let found: Value = serde_json::from_str(run.stdout()).unwrap();
    let findings = found["findings"].as_array().unwrap().iter();
    let findings = findings.map(|finding| {
        let profiles = finding["profiles"].as_array().unwrap().iter();
        let profiles = profiles.map(|it| it.as_str().unwrap().to_owned());
        let code = finding["code"].as_str().unwrap().to_owned();
        (code, profiles.collect())
    });
    findings.collect()
}

fn check(config: &str, code: &str, profiles: &[&str]) {
    let profiles = profiles.iter().map(|it| (*it).to_owned()).collect();
    let expected = vec![(code.to_owned(), profiles)];
    assert_eq!(findings(&env(config)), expected, "{config}");
}

fn process(name: &str, arguments: &str) -> String {
    format!(
        "[profile {name}]\ncredential_process = export-credentials --format process {arguments}\n"
    )
}

fn role(name: &str, source: &str) -> String {
    format!("[profile {name}]\n{ROLE}source_profile = {source}\n")
}

#[test]
fn an_unknown_session_is_one_finding_that_affects_the_profiles_of_processes() {
    let unknown = format!("[profile p2]\nsso_session = nope\n{SSO}");
    for arguments in [
        "--profile p2",
        "p2",
        "-p p2",
        "-p p2 --account-id 111122223333 --role-name x",
        "p2 --account-id 111122223333 --role-name x",
    ] {
        let config = unknown.clone() + &process("p1", arguments);
        check(&config, "unknown-session", &["p1", "p2"]);
    }
    let chained = unknown + &process("p1", "p2") + &role("p0", "p1");
    check(&chained, "unknown-session", &["p0", "p1", "p2"]);
    let of_environment = format!("[default]\nsso_session = nope\n{SSO}") + &process("p1", "");
    check(&of_environment, "unknown-session", &["default", "p1"]);
}

#[test]
fn a_process_without_effect_is_not_affected() {
    let unknown = format!("[profile p2]\nsso_session = nope\n{SSO}");
    let own = process("p1", "p2") + &format!("sso_session = my-sso\n{SSO}");
    let found = findings(&env(&(unknown + &own)));
    let unknown = found.iter().find(|(code, _)| code == "unknown-session");
    assert_eq!(unknown.unwrap().1, ["p2"], "{found:?}");
}

#[test]
fn a_cycle_affects_each_profile_that_leads_into_it() {
    let cycle = process("d1", "d2") + &process("d2", "d1");
    check(&cycle, "profile-cycle", &["d1", "d2"]);
    check(
        &(cycle + &role("z", "d2")),
        "profile-cycle",
        &["d1", "d2", "z"],
    );
    let mixed = process("d1", "--profile d2") + &role("d2", "d1") + &process("y", "d2");
    check(&mixed, "profile-cycle", &["d1", "d2", "y"]);
}

#[test]
fn list_warns_once_of_an_unknown_session_and_names_its_profiles() {
    let profile = |name: &str| format!("[profile {name}]\nsso_session = nope\n{SSO}");
    let three: String = ["a", "b", "c"].map(profile).concat();
    let run = env(&three).run("sso-configure list");
    let warnings: Vec<_> = run
        .stderr()
        .lines()
        .filter(|it| it.contains("nope"))
        .collect();
    assert_eq!(warnings.len(), 1, "{run}");
    assert!(warnings[0].ends_with(" (3 profiles: a, b, c)"), "{run}");
    let many: String = ["a", "b", "c", "d", "e", "f"].map(profile).concat();
    let run = env(&many).run("sso-configure list");
    assert!(
        run.stderr().contains(" (6 profiles: a, b, c, d, e …)"),
        "{run}"
    );
}

/// Keys of profiles. `SELF` stands for the name of the profile.
const LINES: [&[&str]; 6] = [
    &["", ROLE],
    &[
        "",
        "source_profile = SELF\n",
        "source_profile = half\n",
        "source_profile = gone\n",
    ],
    &["", "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"],
    &[
        "",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    ],
    &[
        "",
        "sso_session = my-sso\n",
        "sso_session = gone\n",
        "sso_account_id = 111122223333\n",
    ],
    &[
        "",
        "credential_process = export-credentials --format process --profile SELF\n",
        "credential_process = export-credentials --format process --profile half\n",
        "credential_process = export-credentials --format process --profile gone\n",
        "credential_source = Environment\n",
    ],
];

/// Returns a profile with each combination of the keys, and one with half an access key.
fn combinations() -> String {
    let mut bodies = vec![String::new()];
    for lines in LINES {
        let longer = bodies
            .iter()
            .flat_map(|body| lines.iter().map(move |line| format!("{body}{line}")));
        bodies = longer.collect();
    }
    let profiles = bodies.iter().enumerate();
    let profiles = profiles.map(|(index, body)| {
        let name = format!("p{index}");
        format!("[profile {name}]\n{}", body.replace("SELF", &name))
    });
    let half = "[profile half]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
    half.to_owned() + &profiles.collect::<String>()
}

#[test]
fn check_reports_each_profile_that_list_calls_invalid() {
    let mut configs = vec![combinations()];
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/check");
    for directory in std::fs::read_dir(fixtures).unwrap() {
        configs.extend(std::fs::read_to_string(
            directory.unwrap().path().join("config"),
        ));
    }
    assert!(configs.len() > 40, "{}", configs.len());
    for config in configs {
        let env = env(&config);
        let sessions = config.matches("[sso-session my-sso]").count();
        if sessions > 0 {
            env.write_config(&config);
        }
        check_invalid(&env, &config);
    }
}

fn check_invalid(env: &TestEnv, config: &str) {
    let list = env.run("sso-configure list --json");
    let Ok(list) = serde_json::from_str::<Value>(list.stdout()) else {
        return;
    };
    let profiles = list["profiles"].as_array().unwrap().iter();
    let invalid = profiles.filter(|it| it["kind"] == "invalid");
    let invalid: BTreeSet<_> = invalid.map(|it| it["name"].as_str().unwrap()).collect();
    let findings = findings(env);
    let mut reported: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (code, profiles) in &findings {
        for profile in profiles {
            reported.entry(profile).or_default().push(code);
        }
    }
    let missing: Vec<_> = invalid
        .iter()
        .filter(|name| !reported.contains_key(**name))
        .map(|name| section(config, name))
        .collect();
    assert!(
        missing.is_empty(),
        "{}: {}",
        missing.len(),
        missing.join("\n")
    );
}

/// Returns the lines of a profile.
fn section<'c>(config: &'c str, name: &str) -> &'c str {
    let start = config
        .find(&format!("[profile {name}]"))
        .unwrap_or_default();
    let rest = &config[start..];
    let end = rest[1..].find("\n[").map_or(rest.len(), |end| end + 1);
    &rest[..end]
}
