//! Findings that follow from another finding about the same line.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::rules::value_rules;

/// Rules about the use of a value, which is not reported again if the value itself is invalid.
const OF_VALUES: [&str; 17] = [
    "D01",
    "D13",
    "D14",
    "D16",
    "inconsistent",
    "invalid-duration",
    "missing-browser",
    "missing-scope",
    "network-setting",
    "process-format",
    "sso-region",
    "unassigned-role",
    "unknown-exported-profile",
    "unknown-session",
    "unknown-source-profile",
    "unusable-program",
    "unusable-token-file",
];

/// Other rules that report what a rule has reported.
const OF_RULES: [(&str, &[&str]); 11] = [
    ("D03", &["D07", "D08", "D09"]),
    ("D11", &["D16"]),
    ("D12", &["D16"]),
    ("D14", &["D01", "D13", "D19"]),
    ("D19", &["D13"]),
    ("D20", &["D15"]),
    ("ignored-section", &["D07", "D08", "D09", "D10", "D20"]),
    ("misspelled-key", &["D15", "D23"]),
    ("service-name", &["D15"]),
    ("shell-syntax", &["D13"]),
    ("two-defaults", &["D07", "D08", "D09"]),
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
    let mut codes = BTreeMap::new();
    for finding in &findings {
        if let Some(location) = finding.location() {
            let codes: &mut Codes = codes.entry(location.to_owned()).or_default();
            codes.found.insert(finding.rule.code);
            codes.explained.extend(finding.explains);
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

/// Codes of the findings about one line.
#[derive(Default)]
struct Codes {
    found: BTreeSet<&'static str>,
    /// Those that another finding explains.
    explained: BTreeSet<&'static str>,
}

/// Returns the finding unless one of the `codes` on its line explains it.
fn kept(finding: Finding, codes: &Codes) -> Option<Finding> {
    let Codes {
        found: codes,
        explained,
    } = codes;
    let code = finding.rule.code;
    let has_value = value_rules().iter().any(|rule| codes.contains(rule.code));
    let mut of_rules = OF_RULES.iter();
    let is_explained = explained.contains(code)
        || has_value && OF_VALUES.contains(&code)
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
