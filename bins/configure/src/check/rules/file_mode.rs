//! Files with secrets that other users can access.

use std::path::Path;

use token_cache::EntryLocation;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&OPEN_MODE],
    finder: Finder::Files(find),
};

static OPEN_MODE: Rule = Rule {
    code: "open-mode",
    severity: Severity::Error,
    summary: "File with tokens or credentials that other users can access",
    explanation: "Only the owner should have access to the cache files and the credentials file. \
                  This rule does not apply on Windows.",
    fix: Some("Removes the access of other users, except through a symbolic link."),
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let cached = scope.cache_files.secret.iter();
    let cached = cached.filter_map(EntryLocation::file);
    let secret = cached.chain([scope.aws.files().credentials_path()]);
    secret.filter_map(finding).collect()
}

#[cfg(unix)]
fn finding(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    let mode = metadata.permissions().mode() & 0o777;
    let is_open = mode & 0o077 != 0;
    // A device such as /dev/null is for all users.
    if !is_open || !metadata.is_file() {
        return None;
    }
    let message = format!("the file is accessible to other users (mode {mode:04o})");
    let finding = Finding::new(&OPEN_MODE, &message).at(path.display());
    Some(if path.is_symlink() {
        finding.with_hint("remove the access of other users from the target of the link")
    } else {
        finding.fixed_by(narrow(path))
    })
}

#[cfg(unix)]
fn narrow(path: &Path) -> crate::check::fix::Fix {
    use crate::check::fix::Fix;
    let description = format!("make {} accessible only to you", path.display());
    let is_open = |path: &Path| finding(path).is_some();
    Fix::mode(&description, path, locked_file::narrow_mode, is_open)
}

#[cfg(not(unix))]
fn finding(_path: &Path) -> Option<Finding> {
    None
}
