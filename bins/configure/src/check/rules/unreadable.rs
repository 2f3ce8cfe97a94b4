//! Files and directories that cannot be read.

use std::error::Error as _;

use locked_file::ReadError;
use sso_config::Error;
use sso_session::ErrorChain;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&UNREADABLE, &UNREADABLE_DIRECTORY],
    finder: Finder::Files(find),
};

static UNREADABLE: Rule = Rule {
    code: "unreadable",
    severity: Severity::Error,
    summary: "Config file or credentials file that cannot be read",
    explanation: "The AWS CLI fails for all profiles. These programs fail too, except that an SSO \
                  profile does not need the credentials file. The path may be a directory that a \
                  container runtime created for a missing file. Remove it, or correct its \
                  permissions.",
    fix: None,
};

static UNREADABLE_DIRECTORY: Rule = Rule {
    code: "unreadable-directory",
    severity: Severity::Error,
    summary: "Cache directory that cannot be listed",
    explanation: "Programs cannot find the cached tokens or credentials, and a sign-out cannot \
                  remove them. Correct the owner and the mode of the directory.",
    fix: None,
};

/// The rule `syntax` reports the other errors. A pipe without a writer was readable: this command has
/// read it.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    let checks = [
        (files.check_config(), files.config_path()),
        (files.check_credentials(), files.credentials_path()),
    ];
    let files = checks.into_iter().filter_map(|(check, path)| match check {
        Err(Error::ReadConfig(ReadError::NoWriter { .. })) => None,
        Err(error @ Error::ReadConfig(_)) => {
            let message = match error.source() {
                Some(cause) => format!("cannot read the file: {cause}"),
                None => error.to_string(),
            };
            Some(Finding::new(&UNREADABLE, &message).at(path.display()))
        }
        _ => None,
    });
    let directories = scope.cache_files.unlisted.iter();
    let directories = directories.map(|error| {
        Finding::new(&UNREADABLE_DIRECTORY, &ErrorChain(error).to_string()).at(error.location())
    });
    files.chain(directories).collect()
}
