//! Text that the AWS CLI and the AWS SDKs read differently.

use aws_config_parse::Divergence;

use super::ignored_section::header_of;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::text_file::TextFile;

/// The rule `syntax` reports `Divergence::Duplicate`, `NotUtf8` and `EmptyHeader`.
pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &rule(Divergence::CommentInValue, "Comment after a value"),
        &rule(Divergence::TwoSpellings, "Two spellings of one name"),
        &rule(
            Divergence::TwoDefaults,
            "`[default]` below `[profile default]`",
        ),
        &rule(Divergence::Defaults, "`[DEFAULT]` section"),
        &rule(Divergence::Colon, "`:` instead of `=`"),
        &rule(
            Divergence::OddName,
            "Quotes or unusual characters in a name",
        ),
        &rule(
            Divergence::OddType,
            "Unknown section type that starts like a known one, such as `[profiles a]`",
        ),
        &rule(Divergence::BlankInHeader, "Extra white space in a header"),
        &rule(
            Divergence::TextAfterHeader,
            "Text after a header, or `]` in it",
        ),
        &rule(Divergence::Indented, "Indented header or key"),
        &rule(Divergence::IndentedComment, "Indented comment"),
        &rule(Divergence::ContinuedValue, "Multi-line value"),
        &rule(
            Divergence::OddBlock,
            "Comments or empty keys in an indented block",
        ),
        &rule(
            Divergence::OddKey,
            "Upper case or unusual characters in a key",
        ),
        &rule(
            Divergence::OddWhiteSpace,
            "White space other than spaces and tabs",
        ),
        &rule(
            Divergence::LoneReturn,
            "Carriage return without a line feed",
        ),
        &rule(
            Divergence::PlainServices,
            "`[services NAME]` with plain keys, or empty",
        ),
        &rule(
            Divergence::ScriptName,
            "Name with a special meaning in JavaScript, such as `__proto__`",
        ),
        &rule(
            Divergence::OddCredentialsName,
            "Unusual name in the credentials file",
        ),
        &rule(Divergence::BracketKey, "Key that begins with `[`"),
    ],
    finder: Finder::Text(find),
};

const fn rule(divergence: Divergence, summary: &'static str) -> Rule {
    Rule {
        code: divergence.id(),
        severity: Severity::Advice,
        summary,
        explanation: divergence.advice(),
        fix: None,
    }
}

const RENAME: &str = "use only letters, digits and the characters - _ . in the name, and change the keys that \
                      refer to it";

/// Reports each divergence that the table contains. A file with other line ends has one problem.
fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let mut lints = file.document.lints();
    let mut has_lone_return = false;
    lints.retain(|lint| {
        let is_lone_return = lint.divergence() == Divergence::LoneReturn;
        !(is_lone_return && std::mem::replace(&mut has_lone_return, true))
    });
    let findings = lints.into_iter().filter_map(|lint| {
        let divergence = lint.divergence();
        let mut rules = RULES.rules.iter();
        let rule = rules.find(|rule| rule.code == divergence.id())?;
        let finding = Finding::new(rule, divergence.advice()).at(file.line(lint.line()));
        let correct =
            (divergence == Divergence::OddType).then(|| correct_header(file, lint.line()));
        Some(match (correct.flatten(), divergence) {
            (Some(header), _) => finding.with_hint(&format!("write {header}")),
            (None, Divergence::OddName | Divergence::OddCredentialsName) => {
                finding.with_hint(RENAME)
            }
            (None, _) => finding,
        })
    });
    findings.collect()
}

/// Returns the header with the correct type, unless another section has it.
fn correct_header(file: &TextFile<'_>, line: usize) -> Option<String> {
    let mut sections = file.document.sections();
    let name = sections.find(|section| section.line() == line)?.name();
    let same = file.document.sections().filter(|it| it.name() == name);
    (same.count() == 1).then(|| header_of(&name))
}
