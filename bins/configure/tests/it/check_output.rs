//! Output and exit status of `check`.

use serde_json::{Value, json};
use sso_test_support::{TestEnv, Transcript};

use crate::SESSION;

/// An error that is fixed, an error without a fix, and advice.
const CONFIG: &str = "\
[profile a]
sso_session = my-sso
sso_region = us_east_1
[profile b]
sso_session = gone
[profile c]
region : us-east-1
";

fn env() -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(&format!("{SESSION}{CONFIG}"));
    env
}

fn findings(run: &Transcript) -> Vec<Value> {
    let document: Value = serde_json::from_str(run.stdout()).unwrap();
    assert_eq!(document["schemaVersion"], 1, "{run}");
    document["findings"].as_array().unwrap().clone()
}

fn codes(findings: &[Value]) -> Vec<&str> {
    let codes = findings.iter().map(|finding| finding["code"].as_str());
    codes.map(Option::unwrap).collect()
}

#[test]
fn json_findings_have_the_same_fields() {
    let env = env();
    let run = env
        .run("sso-configure check --offline --json")
        .expect_code(1);
    let found = findings(&run);
    assert_eq!(codes(&found), ["invalid-region", "unknown-session", "D06"]);
    let fields = [
        "code", "file", "fix", "hint", "line", "location", "profiles", "sentence", "severity",
    ];
    for finding in &found {
        let names: Vec<_> = finding.as_object().unwrap().keys().collect();
        assert_eq!(names, fields, "{run}");
        let (file, line) = (&finding["file"], &finding["line"]);
        assert_eq!(file, env.config_path().to_str().unwrap());
        let location = format!("{}:{line}", file.as_str().unwrap());
        assert_eq!(finding["location"], location);
    }
    assert_eq!(found[0]["line"], 7);
    assert_eq!(found[0]["profiles"], json!(["a"]));
}

#[test]
fn text_findings_name_their_severity() {
    let run = env().run("sso-configure check --offline").expect_code(1);
    let lines = run.stdout().lines().filter(|line| !line.starts_with("  "));
    let severities = lines.map(|line| line.split(": ").nth(1).unwrap());
    let severities: Vec<_> = severities.collect();
    assert_eq!(severities, ["error", "error", "advice"], "{run}");
}

#[cfg(unix)]
#[test]
fn a_finding_about_a_file_has_no_line_and_one_about_the_environment_no_file() {
    let mut env = TestEnv::offline();
    env.write_config("");
    env.write(
        ".aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json",
        "{",
    );
    env.set("AWS_MAX_ATTEMPTS", "none");
    let found = findings(&env.run("sso-configure check --offline --json"));
    assert_eq!(codes(&found), ["network-setting", "corrupt-file"]);
    assert_eq!(
        (&found[0]["file"], &found[0]["line"]),
        (&Value::Null, &Value::Null)
    );
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    assert_eq!(found[1]["file"], token.to_str().unwrap());
    assert_eq!(found[1]["line"], Value::Null);
}

#[test]
fn the_severity_selects_the_findings_and_the_exit_status() {
    let env = env();
    let run = env
        .run("sso-configure check --offline --severity error")
        .expect_code(1);
    assert!(!run.stdout().contains("D06"), "{run}");
    let hint =
        "error: 2 problems found\nhint: sso-configure check --fix --offline --severity error\n";
    assert!(run.stderr().ends_with(hint), "{run}");
    env.write_config("[profile c]\nregion : us-east-1\n");
    env.run("sso-configure check --offline --severity advice")
        .expect_code(1);
    let run = env
        .run("sso-configure check --offline --severity error")
        .expect_code(0);
    assert_eq!(run.stdout(), "", "{run}");
    assert!(run.stderr().starts_with("No problems found."), "{run}");
    env.run("sso-configure check --offline --severity warning")
        .expect_code(252);
}

#[test]
fn the_hint_repeats_the_ca_bundle() {
    let env = env();
    let run = env.run("sso-configure check --offline --ca-bundle ca.pem");
    let hint = "\nhint: sso-configure check --fix --offline --ca-bundle ca.pem\n";
    assert!(run.stderr().ends_with(hint), "{run}");
}

#[test]
fn the_exit_status_of_a_fix_is_that_of_the_remaining_findings() {
    let env = env();
    let run = env
        .run("sso-configure check --offline --fix --json")
        .expect_code(1);
    assert_eq!(codes(&findings(&run)), ["unknown-session", "D06"]);
    assert!(run.stderr().contains("Problems fixed: 1\n"), "{run}");
    assert!(
        !run.stderr().contains("hint: sso-configure check --fix"),
        "{run}"
    );
    // Nothing can be fixed.
    let before = env.read(env.config_path());
    let run = env
        .run("sso-configure check --offline --fix")
        .expect_code(1);
    assert!(!run.stderr().contains("Problems fixed"), "{run}");
    assert_eq!(env.read(env.config_path()), before);
    env.write_config(&format!("{SESSION}[profile a]\nsso_session = \"my-sso\"\n"));
    let run = env
        .run("sso-configure check --offline --fix --json --quiet")
        .expect_code(0);
    assert_eq!(codes(&findings(&run)), [""; 0]);
    assert_eq!(run.stderr(), "", "{run}");
    env.run("sso-configure check --offline --fix")
        .expect_code(0);
}

#[test]
fn a_quiet_check_prints_the_findings_only() {
    let env = env();
    let run = env
        .run("sso-configure check --offline --quiet")
        .expect_code(1);
    let loud = env.run("sso-configure check --offline").expect_code(1);
    assert_eq!(run.stdout(), loud.stdout());
    env.write_config(SESSION);
    let run = env
        .run("sso-configure check --offline --quiet")
        .expect_code(0);
    assert_eq!((run.stdout(), run.stderr()), ("", ""));
}
