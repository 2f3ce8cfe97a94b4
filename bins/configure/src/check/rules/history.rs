//! History of the config file.

use sso_config::{ConfigEdit, Error};
use sso_session::ErrorChain;

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

/// Examines the entry that the next undo reverts. Other errors of an undo are not about the history.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let error = ConfigEdit::undo(scope.aws.env()).err();
    let finding = error.and_then(|error| match &error {
        Error::CorruptHistory { path } => {
            let message = "the entry is corrupt, so that no edit can be undone";
            let finding = Finding::new(&CORRUPT_HISTORY, message).at(path.display());
            Some(finding.with_hint("remove the file, to undo the edit before it"))
        }
        Error::ReadState(_) => {
            let message = ErrorChain(&error).to_string();
            let finding = Finding::new(&CORRUPT_HISTORY, &message);
            Some(finding.with_hint("remove the file, or correct its owner and mode"))
        }
        _ => None,
    });
    finding.into_iter().collect()
}
