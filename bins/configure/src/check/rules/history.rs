//! History of the config file.

use sso_config::{ConfigEdit, Error};

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&CORRUPT_HISTORY],
    finder: Finder::Files(find),
};

static CORRUPT_HISTORY: Rule = Rule {
    code: "corrupt-history",
    severity: Severity::Error,
    summary: "History entry that cannot be read",
    explanation: "`sso-configure undo` fails, because it needs the last entry in `config.history`. Remove \
                  the file: then the edits before it can be reverted. The file with the same number and \
                  the extension `before` contains the config file before the edit.",
    fix: None,
};

/// Examines the entry that the next undo reverts.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let finding = match ConfigEdit::undo(scope.aws.env()) {
        Err(error @ (Error::CorruptHistory { .. } | Error::ReadState(_))) => {
            let finding = Finding::new(
                &CORRUPT_HISTORY,
                &sso_session::ErrorChain(&error).to_string(),
            );
            let hint = "remove the file; then sso-configure undo reverts the edit before it";
            let finding = finding.with_hint(hint);
            Some(match &error {
                Error::CorruptHistory { path } => finding.at(path.display()),
                _ => finding,
            })
        }
        _ => None,
    };
    finding.into_iter().collect()
}
