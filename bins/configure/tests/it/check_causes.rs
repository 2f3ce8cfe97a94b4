//! `check` reports each cause of a problem once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sso_test_support::TestEnv;

/// Differences in the spelling of a line. They are independent of each other and of all other findings, which
/// are about keys, values and names.
const SPELLING: [&str; 5] = ["D06", "D11", "D15", "D16", "D23"];

/// Rules about several keys of a profile, which are independent of the values and the spelling of one key.
const COMBINATIONS: [&str; 10] = [
    "different-credentials",
    "different-sources",
    "half-key-pair",
    "missing-role-arn",
    "missing-session-token",
    "overruled",
    "role-without-source",
    "swapped-keys",
    "two-sources",
    "unused-source",
];

/// Pairs of other rules with different causes, although they report the same line.
const DIFFERENT: &[(&str, &str)] = &[
    // A comment, further lines, the place of the key, and the program are different parts of the line.
    ("D01", "D13"),
    ("D01", "D19"),
    ("D01", "misplaced-key"),
    ("D01", "missing-browser"),
    ("D01", "misspelled-key"),
    ("D01", "process-format"),
    ("D01", "shell-syntax"),
    ("D01", "unknown-exported-profile"),
    ("D01", "unusable-program"),
    ("D13", "misplaced-key"),
    ("D13", "missing-browser"),
    ("D14", "misplaced-key"),
    // The quotes, the type, the white space and the end of a header.
    ("D07", "D08"),
    ("D08", "D09"),
    ("D08", "D10"),
    ("D10", "D22"),
    // The header and the keys of a section.
    ("D07", "missing-keys"),
    ("D08", "missing-keys"),
    ("D09", "missing-keys"),
    ("D10", "missing-keys"),
    // The program and its arguments.
    ("process-format", "shell-syntax"),
    ("process-format", "unknown-exported-profile"),
    ("quoted-value", "shell-syntax"),
    ("shell-syntax", "unknown-exported-profile"),
    ("shell-syntax", "unusable-program"),
];

/// Pairs of rules with the same cause, one of which is about the spelling of a line.
const SAME: [(&str, &str); 6] = [
    ("D11", "D16"),
    ("D12", "D16"),
    ("D15", "D20"),
    ("D15", "misspelled-key"),
    ("D15", "service-name"),
    ("D23", "misspelled-key"),
];

/// Changes of a line `KEY = VALUE`.
const CHANGES: [fn(&str, &str) -> String; 19] = [
    |key, value| format!("{key} = \"{value}\""),
    |key, value| format!("{key} = “{value}”"),
    |key, value| format!("{key} = {value}\u{200b}"),
    |key, value| format!("{key} = {value} # x"),
    |key, value| format!("{key} = \"{value}\" # x"),
    |key, _| format!("{key} = # x"),
    |key, _| format!("{key} = \"\" # x"),
    |key, _| format!("{key} = \"\""),
    |key, _| format!("{key} ="),
    |key, value| format!("{key} = {value}\n  x = y"),
    |key, _| format!("{key} = # x\n  x = y"),
    |key, value| format!("{key} = {value}\n  # x\n  x = y"),
    |key, value| format!("{key} : {value}"),
    |key, value| format!("{key} = {value}\u{b}"),
    |key, value| format!("{} = {value}", key.to_uppercase()),
    |key, value| format!("{} = {value}", key.replace('_', "-")),
    |key, value| format!("{} = {value}", misspelled(key)),
    |key, value| format!("{} = \"{value}\"\n  x = y", misspelled(key)),
    |key, value| format!("{key} = <{value}>"),
];

/// Changes of a header with a type and a name.
const HEADERS: [fn(&str, &str) -> String; 14] = [
    |kind, name| format!("[{kind}{name}]"),
    |kind, name| format!("[{kind}\"{name}\"]"),
    |kind, name| format!("[\"{kind}{name}\"]"),
    |kind, name| format!("[{kind} {name}]"),
    |kind, name| format!("[ {kind}{name} ]"),
    |kind, name| format!("[{kind}{name}] x"),
    |kind, name| format!("[{kind}{name}]]"),
    |kind, name| format!("[[{kind}{name}]]"),
    |kind, name| format!(" [{kind}{name}]"),
    |kind, name| format!("\u{b}[{kind}{name}]"),
    |kind, name| format!("[{}{name}]", kind.to_uppercase()),
    |kind, name| format!("[{}{name}]", kind.replace(' ', "s ")),
    |kind, name| format!("[{}{name}]", kind.replace(' ', "-")),
    |kind, name| format!("[{}{name} x]", kind.replace(' ', ":")),
];

/// Returns the text with two characters in the wrong order.
fn misspelled(text: &str) -> String {
    let mut characters: Vec<_> = text.chars().collect();
    let middle = characters.len() / 2;
    characters.swap(middle - 1, middle);
    characters.into_iter().collect()
}

/// A section of a file, as text.
struct Section<'a> {
    /// Type in the header with a space, or nothing.
    kind: &'a str,
    name: &'a str,
    lines: Vec<&'a str>,
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let header = line.strip_prefix('[').and_then(|it| it.split_once(']'));
        match (header, sections.last_mut()) {
            (Some((header, _)), _) => {
                let at = header.find(' ').map_or(0, |at| at + 1);
                let (kind, name) = header.split_at(at);
                let lines = Vec::new();
                sections.push(Section { kind, name, lines });
            }
            (None, Some(section)) => section.lines.push(line),
            (None, None) => {}
        }
    }
    sections
}

impl Section<'_> {
    /// Returns copies of the section with one change each, named by `number`.
    fn variants(&self, number: &mut usize) -> String {
        let mut variants = String::new();
        let mut add = |header: &dyn Fn(&str, &str) -> String, lines: &[String]| {
            *number += 1;
            let header = header(self.kind, &format!("{}-{number}", self.name));
            // An indented header must not continue a value.
            let above = format!("[{}above-{number}]", self.kind);
            writeln!(variants, "{above}\n{header}\n{}", lines.join("\n")).unwrap();
        };
        let lines = self.lines.iter().map(|line| (*line).to_owned());
        let lines: Vec<_> = lines.collect();
        for header in HEADERS {
            add(&header, &lines);
        }
        for (at, line) in self.lines.iter().enumerate() {
            let indent = &line[..line.len() - line.trim_start().len()];
            let Some((key, value)) = line.trim_start().split_once('=') else {
                continue;
            };
            for change in CHANGES {
                let mut changed = lines.clone();
                changed[at] = format!("{indent}{}", change(key.trim(), value.trim()));
                add(&HEADERS[0], &changed);
            }
        }
        let mut indented = lines.clone();
        if let Some(first) = indented.first_mut() {
            *first = format!(" {first}");
            add(&HEADERS[0], &indented);
        }
        variants
    }
}

#[test]
fn lines_have_one_finding_for_each_cause() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/check");
    let mut known = BTreeSet::new();
    let mut pairs: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for fixture in fs::read_dir(fixtures).unwrap() {
        let fixture = fixture.unwrap().path();
        let files = ["config", "credentials"].map(|name| {
            let text = fs::read_to_string(fixture.join(name)).unwrap_or_default();
            let mut number = 0;
            let sections = sections(&text).into_iter();
            let new = sections.filter(|it| known.insert((it.kind.to_owned(), it.lines.join("\n"))));
            let variants: String = new.map(|section| section.variants(&mut number)).collect();
            format!("{text}\n{variants}")
        });
        for (pair, line) in pairs_of_findings(&files) {
            pairs.entry(pair).or_default().push((fixture.clone(), line));
        }
    }
    pairs.retain(|(first, second), _| {
        let is_spelling = SPELLING.iter().any(|it| it == first || it == second);
        let is_combination = |code: &String| COMBINATIONS.contains(&code.as_str());
        let is_independent = is_spelling || is_combination(first) != is_combination(second);
        let pair = (first.as_str(), second.as_str());
        SAME.contains(&pair) || first == second || !is_independent && !DIFFERENT.contains(&pair)
    });
    let examples: Vec<_> = pairs
        .iter()
        .map(|(pair, places)| (pair, &places[0]))
        .collect();
    assert!(examples.is_empty(), "{examples:#?}");
}

/// Returns the codes of each two findings about the same line, and the line.
fn pairs_of_findings(files: &[String; 2]) -> Vec<((String, String), String)> {
    let mut env = TestEnv::offline();
    // It cannot be combined with use_fips_endpoint.
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(&files[0]);
    env.write_credentials(&files[1]);
    let run = env.run("sso-configure check --offline --json --quiet");
    let found: Value = serde_json::from_str(run.stdout()).unwrap();
    let mut lines: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for finding in found["findings"].as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        if let Some(line) = finding["line"].as_u64() {
            let file = usize::from(finding["file"].as_str().unwrap().ends_with("credentials"));
            let line = usize::try_from(line).unwrap();
            lines.entry((file, line)).or_default().push(code.to_owned());
        }
    }
    let pairs = lines.into_iter().flat_map(|((file, line), mut codes)| {
        codes.sort();
        let text = files[file].lines().skip(line - 1).take(2);
        let text = text.collect::<Vec<_>>().join("\\n");
        let mut pairs = Vec::new();
        for (at, first) in codes.iter().enumerate() {
            for second in &codes[at + 1..] {
                pairs.push(((first.clone(), second.clone()), text.clone()));
            }
        }
        pairs
    });
    pairs.collect()
}
