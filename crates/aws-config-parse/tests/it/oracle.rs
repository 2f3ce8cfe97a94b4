//! What botocore reads in each case of `fixtures/config`, against what this crate reads.

use std::fs;
use std::path::{Path, PathBuf};

use aws_config_parse::{Document, FileKind, PropertyRef, SectionRef, merged_profiles};
use serde_json::{Map, Value, json};

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
    let config = read(case, "config", FileKind::Config);
    let credentials = read(case, "credentials", FileKind::Credentials);
    let mut found = Map::new();
    if let Some(config) = &config {
        let whole = |config: &Document| {
            json!({
                "profiles": named(config.profiles()),
                "sso_sessions": named(config.sso_sessions()),
                "services": named(config.all_services()),
                "sections": sections(config),
            })
        };
        found.insert("config".into(), outcome(config, &expected["config"], whole));
    }
    if let Some(credentials) = &credentials {
        let whole = |credentials: &Document| json!({"sections": sections(credentials)});
        let outcome = outcome(credentials, &expected["credentials"], whole);
        found.insert("credentials".into(), outcome);
    }
    if let (Some(config), Some(credentials)) = (&config, &credentials)
        && config.problems().is_empty()
        && credentials.problems().is_empty()
    {
        let profiles = merged_profiles(config, credentials);
        let profiles = profiles.map(|profile| {
            (
                profile.name().as_str().to_owned(),
                properties(profile.properties()),
            )
        });
        found.insert("profiles".into(), Value::Object(profiles.collect()));
    }
    Value::Object(found)
}

fn read(case: &Path, name: &str, kind: FileKind) -> Option<Document> {
    let bytes = fs::read(case.join(name)).ok()?;
    Some(Document::parse(kind, bytes))
}

fn outcome(document: &Document, expected: &Value, whole: impl Fn(&Document) -> Value) -> Value {
    match document.rejection() {
        None => whole(document),
        Some(problem) => {
            // botocore names no line for what is wrong inside a block.
            let names_line = expected.get("line").is_none_or(Value::is_number);
            json!({"error": true, "line": names_line.then(|| problem.line())})
        }
    }
}

fn named<'a>(sections: impl Iterator<Item = SectionRef<'a>>) -> Value {
    let named = |section: SectionRef<'a>| {
        (
            section.name().as_str().to_owned(),
            properties(section.properties()),
        )
    };
    Value::Object(sections.map(named).collect())
}

fn sections(document: &Document) -> Value {
    let sections = document.sections().filter(|section| !section.is_defaults());
    let raw = |section: SectionRef<'_>| {
        (
            section.header().to_owned(),
            properties(section.properties()),
        )
    };
    Value::Object(sections.map(raw).collect())
}

fn properties<'a>(properties: impl Iterator<Item = PropertyRef<'a>>) -> Value {
    let value = |property: PropertyRef<'a>| {
        if property.is_block() {
            Value::Object(property.pairs().map(pair).collect())
        } else {
            property.value().into()
        }
    };
    let all = properties.map(|property| (property.key().into_owned(), value(property)));
    Value::Object(all.collect())
}

fn pair(pair: PropertyRef<'_>) -> (String, Value) {
    (pair.key().into_owned(), pair.value().into())
}
