//! Sections that the AWS CLI and the SDKs ignore.

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::text_file::TextFile;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&IGNORED_SECTION],
    finder: Finder::Text(find),
};

static IGNORED_SECTION: Rule = Rule {
    code: "ignored-section",
    severity: Severity::Error,
    summary: "Section that the AWS CLI and the SDKs ignore",
    explanation: "Its header has an unknown type, or its name contains white space. Write profiles \
                  as `[profile NAME]` and sessions as `[sso-session NAME]`, without white space in \
                  the name.",
    fix: None,
};

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let sections = file.document.sections();
    let ignored = sections.filter(|section| section.name().is_ignored());
    let findings = ignored.map(|section| {
        let message = "the AWS CLI and the SDKs ignore this section; write [profile NAME] or \
                       [sso-session NAME], without white space in the name";
        Finding::new(&IGNORED_SECTION, message).at(file.line(section.line()))
    });
    findings.collect()
}
