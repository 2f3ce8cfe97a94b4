//! Findings that follow from another finding about the same line.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::rules::value_rules;

/// Rules about the use of a value, which is not reported again if the value itself is invalid.
const CONSEQUENCES: [&str; 6] = [
    "D01",
    "missing-scope",
    "network-setting",
    "sso-region",
    "unknown-session",
    "unknown-source-profile",
];

/// Removes the consequences of invalid values.
pub(super) fn removed(findings: Vec<Finding>) -> Vec<Finding> {
    let is_cause = |finding: &&Finding| {
        let mut rules = value_rules().iter();
        rules.any(|rule| rule.code == finding.rule.code)
    };
    let causes = findings.iter().filter(is_cause);
    let causes: BTreeSet<_> = causes.filter_map(Finding::location).collect();
    let is_consequence = |finding: &Finding| {
        let is_explained = finding.location().is_some_and(|it| causes.contains(it));
        is_explained && CONSEQUENCES.contains(&finding.rule.code)
    };
    let explained: Vec<_> = findings.iter().map(is_consequence).collect();
    let findings = findings.into_iter().zip(explained);
    let others = findings.filter(|(_, is_explained)| !is_explained);
    others.map(|(finding, _)| finding).collect()
}
