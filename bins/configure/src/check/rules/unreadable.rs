//! A credentials file that cannot be read.

use std::error::Error as _;

use sso_config::Error;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&UNREADABLE],
    finder: Finder::Files(find),
};

static UNREADABLE: Rule = Rule {
    code: "unreadable",
    severity: Severity::Error,
    summary: "Credentials file that cannot be read",
    explanation: "The AWS CLI fails for all profiles, and these programs for profiles with access \
                  keys. The path may be a directory that a container runtime created for a missing \
                  file. Remove it, or correct its permissions.",
    fix: None,
};

/// The rule `syntax` reports the other errors.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    match scope.aws.files().check_credentials() {
        Err(error @ Error::ReadConfig { .. }) => {
            let message = match error.source() {
                Some(cause) => format!("cannot read the file: {cause}"),
                None => error.to_string(),
            };
            let path = scope.aws.files().credentials_path();
            vec![Finding::new(&UNREADABLE, &message).at(path.display())]
        }
        _ => Vec::new(),
    }
}
