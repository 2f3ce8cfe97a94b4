//! Files and directories that cannot be read.

use std::error::Error as _;
use std::path::Path;

use sso_config::Error;
use sso_session::ErrorChain;

use crate::check::finding::Finding;
use crate::check::modes::{denied_directory, denied_to_files_of};
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
    summary: "Directory that cannot be listed, or whose files cannot be opened",
    explanation: "Programs cannot find the config file, or the cached tokens or credentials, and a \
                  sign-out cannot remove them. Correct the owner and the mode of the directory.",
    fix: None,
};

const DIRECTORY_HINT: &str = "correct the owner or the mode of the directory";

/// The rule `syntax` reports the other errors. A directory that keeps the user from several files is
/// reported once.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    let checks = [
        (files.check_config(), files.config_path()),
        (files.check_credentials(), files.credentials_path()),
    ];
    let files = checks.into_iter().filter_map(|(check, path)| match check {
        Err(Error::ReadConfig(_)) if denied_directory(path).is_some() => {
            denied(denied_directory(path)?, scope)
        }
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
    let directories = directories.filter_map(|error| {
        let location = error.location();
        if let Some(directory) = location.file().and_then(denied_directory) {
            return denied(directory, scope);
        }
        let message = ErrorChain(error).to_string();
        let finding = Finding::new(&UNREADABLE_DIRECTORY, &message).at(location);
        Some(finding.with_hint(DIRECTORY_HINT))
    });
    let others = scope.cache_files.directories.iter();
    let others = others.filter_map(|path| denied(&denied_to_files_of(path)?, scope));
    files.chain(directories).chain(others).collect()
}

/// Returns the finding of a directory whose files cannot be opened, unless it is reported because it cannot
/// be listed.
pub(super) fn denied(directory: &Path, scope: &Scope<'_>) -> Option<Finding> {
    let mut unlisted = scope.cache_files.unlisted.iter();
    let is_unlisted = unlisted.any(|error| error.location().file() == Some(directory));
    let message = "the files in the directory cannot be opened";
    let finding = Finding::new(&UNREADABLE_DIRECTORY, message).at(directory.display());
    (!is_unlisted).then(|| finding.with_hint(DIRECTORY_HINT))
}
