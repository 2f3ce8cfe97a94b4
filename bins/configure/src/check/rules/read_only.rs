//! Files and directories that the user cannot change.

use std::path::{Path, PathBuf};

use locked_file::{foreign_owner, is_on_read_only_file_system, is_write_denied};
use sso_config::Error;
use sso_config::edit::history_paths;

use crate::check::finding::Finding;
use crate::check::modes::denied_to_files_of;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&READ_ONLY_DIRECTORY, &READ_ONLY_FILE],
    finder: Finder::Files(find),
};

static READ_ONLY_DIRECTORY: Rule = Rule {
    code: "read-only-directory",
    severity: Severity::Error,
    summary: "Directory of the caches or the config file that you cannot write to",
    explanation: "The AWS CLI and these programs cannot save tokens, credentials or edits there, possibly \
                  because a command with `sudo` created the directory. Correct its owner or mode. A \
                  read-only file system is not reported. This rule does not apply on Windows.",
    fix: None,
};

static READ_ONLY_FILE: Rule = Rule {
    code: "read-only-file",
    severity: Severity::Advice,
    summary: "Config file that you cannot write to",
    explanation: "`aws configure` and `sso-configure` refuse to edit the file. Make it writable if it is \
                  not meant to be protected. A read-only file system is not reported.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let config = scope.aws.files().config_path();
    let directories = directories(scope, config).into_iter();
    let denied = directories.filter(|path| is_denied(path) && !is_reported(path, scope));
    let denied = denied.map(|path| {
        let message = "you have no permission to write to the directory";
        let hint = "correct the owner or the mode of the directory";
        Finding::new(&READ_ONLY_DIRECTORY, message)
            .at(path.display())
            .with_hint(hint)
    });
    let is_unreadable = matches!(scope.aws.files().check_config(), Err(Error::ReadConfig(_)));
    let file = read_only_file(config).filter(|_| !is_unreadable);
    denied.chain(file).collect()
}

fn directories(scope: &Scope<'_>, config: &Path) -> Vec<PathBuf> {
    let [history, _] = history_paths(config);
    let mut directories = scope.cache_files.directories.clone();
    directories.push(history);
    // The config file may be outside `.aws`.
    directories.extend(config.parent().map(Path::to_owned));
    directories.retain(|path| path.is_dir());
    directories.sort();
    directories.dedup();
    directories
}

fn is_denied(path: &Path) -> bool {
    is_write_denied(path) && !is_on_read_only_file_system(path)
}

/// Returns whether `unreadable-directory` or `foreign-owner` reports the directory.
fn is_reported(path: &Path, scope: &Scope<'_>) -> bool {
    let cache_files = &scope.cache_files;
    let mut unlisted = cache_files.unlisted.iter();
    unlisted.any(|error| error.location().file() == Some(path))
        || denied_to_files_of(path).is_some()
        || foreign_owner(path, &cache_files.aws_dir).is_some()
}

fn read_only_file(config: &Path) -> Option<Finding> {
    let found = config.metadata().ok()?;
    let is_read_only = found.is_file() && found.permissions().readonly();
    (is_read_only && !is_on_read_only_file_system(config)).then(|| {
        let message = "the mode of the file denies edits";
        Finding::new(&READ_ONLY_FILE, message)
            .at(config.display())
            .with_hint("make the file writable by its owner to edit it")
    })
}
