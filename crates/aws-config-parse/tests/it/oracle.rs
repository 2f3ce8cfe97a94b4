//! What botocore reads in each case of `fixtures/config`, against what this crate reads.

use std::fs;
use std::path::{Path, PathBuf};

use aws_config_parse::{Document, FileKind, merged_profiles};
use serde_json::{Map, Value};

use crate::json;

#[test]
fn every_case_reads_as_botocore_reads_it() {
    let cases = cases();
    assert!(cases.len() >= 200, "only {} cases", cases.len());
    for case in cases {
        let expected = fs::read(case.join("expected.json")).expect("xtask fixtures writes it");
        let expected: Value = serde_json::from_slice(&expected).expect("it is JSON");
        assert_eq!(found(&case, &expected), expected, "{}", case.display());
    }
}

#[test]
fn every_divergence_has_a_case() {
    let cases = cases();
    for number in 1..=23 {
        let id = format!("d{number:02}-");
        let names = |case: &PathBuf| case.file_name().is_some_and(|name| begins(name, &id));
        assert!(cases.iter().any(names), "{id}");
    }
}

fn begins(name: &std::ffi::OsStr, with: &str) -> bool {
    name.to_string_lossy().starts_with(with)
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/config");
    let entries = fs::read_dir(root).expect("the fixtures are in the repository");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
    paths.filter(|path| path.is_dir()).collect()
}

/// Builds what `expected.json` would say by our reading.
fn found(case: &Path, expected: &Value) -> Value {
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
            // botocore names no line for what is wrong inside a block.
            outcome["line"] = Value::Null;
        }
        ((*name).to_owned(), outcome)
    };
    let mut found: Map<_, _> = files.iter().flatten().map(outcome).collect();
    if let [Some((_, config)), Some((_, credentials))] = &files
        && config.problems().is_empty()
        && credentials.problems().is_empty()
    {
        let profiles = merged_profiles(config, credentials);
        let profiles = profiles.map(|profile| {
            let name = profile.name().as_str().to_owned();
            (name, json::properties(profile.properties()))
        });
        found.insert("profiles".into(), Value::Object(profiles.collect()));
    }
    Value::Object(found)
}
