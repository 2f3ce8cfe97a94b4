//! Findings that follow from another finding about the same line.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::rules::value_rules;

/// Rules about the use of a value, which is not reported again if the value itself is invalid.
const OF_VALUES: [&str; 11] = [
    "D01",
    "D13",
    "D16",
    "invalid-duration",
    "missing-scope",
    "network-setting",
    "sso-region",
    "unassigned-role",
    "unknown-session",
    "unknown-source-profile",
    "unusable-program",
];

/// Other rules that report what a rule has reported.
const OF_RULES: [(&str, &[&str]); 5] = [
    ("ignored-section", &["D07", "D08", "D09", "D10", "D20"]),
    ("misspelled-key", &["D15"]),
    ("service-name", &["D15"]),
    ("quoted-value", &["unusable-token-file"]),
    ("shell-syntax", &["D13"]),
];

/// Rules that reject a value because a comment is part of it.
const OF_COMMENT: [&str; 4] = [
    "network-setting",
    "unknown-session",
    "unknown-source-profile",
    "unusable-token-file",
];

/// Removes the consequences of other findings.
pub(super) fn removed(findings: Vec<Finding>) -> Vec<Finding> {
    let mut codes: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for finding in &findings {
        if let Some(location) = finding.location() {
            let codes = codes.entry(location.to_owned()).or_default();
            codes.insert(finding.rule.code);
        }
    }
    let kept = findings.into_iter().filter_map(|finding| {
        let codes = finding.location().and_then(|it| codes.get(it));
        match codes {
            Some(codes) => kept(finding, codes),
            None => Some(finding),
        }
    });
    kept.collect()
}

/// Returns the finding unless one of the `codes` on its line explains it.
fn kept(finding: Finding, codes: &BTreeSet<&str>) -> Option<Finding> {
    let code = finding.rule.code;
    let has_value = value_rules().iter().any(|rule| codes.contains(rule.code));
    let mut of_rules = OF_RULES.iter();
    let is_explained = has_value && OF_VALUES.contains(&code)
        || of_rules.any(|(cause, of_rule)| codes.contains(cause) && of_rule.contains(&code));
    let is_of_comment = codes.contains("D01") && OF_COMMENT.iter().any(|it| codes.contains(it));
    if is_explained || is_of_comment && code == "D01" {
        None
    } else if is_of_comment && OF_COMMENT.contains(&code) {
        Some(finding.with_hint("move the comment to its own line"))
    } else {
        Some(finding)
    }
}
