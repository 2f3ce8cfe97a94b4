//! Sections that no tool reads.

use aws_config_parse::SectionName;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::TextFile;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&IGNORED_SECTION],
    finder: Finder::Text(find),
};

static IGNORED_SECTION: Rule = Rule {
    code: "ignored-section",
    severity: Severity::Error,
    summary: "Section that no tool reads",
    explanation: "Its header has an unknown type, or a name of several words. Write a profile as \
                  `[profile NAME]` and a session as `[sso-session NAME]`, with a name of one word.",
    fix: None,
};

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let sections = file.document.sections();
    let ignored = sections.filter(|section| is_ignored(&section.name()));
    let findings = ignored.map(|section| {
        let message = "neither the AWS CLI nor an SDK reads this section: a profile is written as \
                       [profile NAME], a session as [sso-session NAME], the name in one word";
        Finding::new(&IGNORED_SECTION, message).at(file.line(section.line()))
    });
    findings.collect()
}

/// Returns whether a section has no meaning. The AWS CLI reads `[plugins]` and `[preview]`.
fn is_ignored(name: &SectionName<'_>) -> bool {
    let is_known = |header: &str| matches!(header, "DEFAULT" | "plugins" | "preview");
    matches!(name, SectionName::Other(header) if !is_known(header))
}
