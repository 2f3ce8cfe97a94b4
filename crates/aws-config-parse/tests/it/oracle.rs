//! Comparison with the output of botocore for each case of `fixtures/config`.

use std::fs;
use std::path::{Path, PathBuf};

use aws_config_parse::{Document, FileKind, merged_profiles};
use serde_json::{Map, Value};

use crate::json;

#[test]
fn every_case_reads_like_botocore() {
    let cases = cases();
    assert!(cases.len() >= 200, "only {} cases", cases.len());
    for case in cases {
        let expected =
            fs::read(case.join("expected.json")).expect("`xtask fixtures` writes expected.json");
        let expected: Value = serde_json::from_slice(&expected).expect("expected.json is JSON");
        assert_eq!(parse_case(&case, &expected), expected, "{}", case.display());
    }
}

#[test]
fn every_divergence_has_a_case() {
    let cases = cases();
    for number in 1..=23 {
        let id = format!("d{number:02}-");
        let is_for_id =
            |case: &PathBuf| case.file_name().is_some_and(|name| starts_with(name, &id));
        assert!(cases.iter().any(is_for_id), "{id}");
    }
}

fn starts_with(name: &std::ffi::OsStr, prefix: &str) -> bool {
    name.to_string_lossy().starts_with(prefix)
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/config");
    let entries = fs::read_dir(root).expect("the fixtures are in the repository");
    let paths = entries.map(|entry| entry.expect("the directory can be listed").path());
    paths.filter(|path| path.is_dir()).collect()
}

fn parse_case(case: &Path, expected: &Value) -> Value {
    let files = [
        ("config", FileKind::Config),
        ("credentials", FileKind::Credentials),
    ];
    let files = files.map(|(name, kind)| {
        let bytes = fs::read(case.join(name)).ok()?;
        Some((name, Document::parse(kind, bytes)))
    });
    let outcome = |(name, document): &(&str, Document)| {
        let mut outcome = json::file(document);
        if expected[name]["line"].is_null() && outcome["error"] == true {
            // botocore reports no line for an error in a block.
            outcome["line"] = Value::Null;
        }
        ((*name).to_owned(), outcome)
    };
    let mut actual: Map<_, _> = files.iter().flatten().map(outcome).collect();
    if let [Some((_, config)), Some((_, credentials))] = &files
        && config.problems().is_empty()
        && credentials.problems().is_empty()
    {
        let profiles = merged_profiles(config, credentials);
        let profiles = profiles.map(|profile| {
            let name = profile.name().as_str().to_owned();
            (name, json::properties(profile.properties()))
        });
        actual.insert("profiles".into(), Value::Object(profiles.collect()));
    }
    Value::Object(actual)
}
