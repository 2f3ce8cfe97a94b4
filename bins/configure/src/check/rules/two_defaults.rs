//! Two sections for the default profile.

use aws_config_parse::{Document, FileKind, SectionName, SectionRef};

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::text_file::TextFile;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&TWO_DEFAULTS],
    finder: Finder::Text(find),
};

static TWO_DEFAULTS: Rule = Rule {
    code: "two-defaults",
    severity: Severity::Advice,
    summary: "`[profile default]` below `[default]`",
    explanation: "Both sections define the default profile. The second replaces the first \
                  completely; their keys are not merged. Keep one of them. `D04` is the reverse \
                  order.",
    fix: None,
};

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let replaced = replaced_default(file.document).map(|(first, line)| {
        let message =
            format!("this section replaces [default] on line {first} completely; keep one of them");
        Finding::new(&TWO_DEFAULTS, &message).at(file.line(line))
    });
    replaced.into_iter().collect()
}

/// Returns the lines of `[default]` and of a `[profile default]` below it. All readers use the
/// second section. They differ on the reverse order, which is a lint.
fn replaced_default(document: &Document) -> Option<(usize, usize)> {
    let is_default = |section: &SectionRef<'_>| section.name() == SectionName::Default;
    let mut spellings = document.sections().filter(is_default);
    let first = spellings.find(|section| section.header() == "default")?;
    let below = spellings.find(|section| section.header() != "default")?;
    (document.kind() == FileKind::Config).then(|| (first.line(), below.line()))
}
