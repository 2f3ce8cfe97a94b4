//! Files and directories that other users can change.

use std::path::Path;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&WRITABLE_BY_OTHERS],
    finder: Finder::Files(find),
};

static WRITABLE_BY_OTHERS: Rule = Rule {
    code: "writable-by-others",
    severity: Severity::Error,
    summary: "Config file, or directory in `.aws`, that other users can change",
    explanation: "Other users can redirect requests, run commands with `credential_process`, or \
                  exchange tokens. A directory with the sticky bit is not reported. This rule does not \
                  apply on Windows; the rule `open-mode` checks the files with secrets.",
    fix: Some("Removes the write permissions of other users, except through a symbolic link."),
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let directories = scope.cache_files.directories.iter();
    let paths = directories.map(AsRef::as_ref);
    let paths = paths.chain([scope.aws.files().config_path()]);
    paths.filter_map(finding).collect()
}

#[cfg(unix)]
fn finding(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    let mode = metadata.permissions().mode();
    let is_sticky = mode & 0o1000 != 0;
    // A device such as /dev/null is for all users.
    let is_device = !metadata.is_file() && !metadata.is_dir();
    if mode & 0o022 == 0 || is_sticky || is_device {
        return None;
    }
    let mode = mode & 0o777;
    let message = format!("other users can change it (mode {mode:04o})");
    let finding = Finding::new(&WRITABLE_BY_OTHERS, &message).at(path.display());
    Some(if path.is_symlink() {
        finding.with_hint("remove the write permissions of other users from the target of the link")
    } else {
        finding.fixed_by(remove_access(path))
    })
}

#[cfg(unix)]
fn remove_access(path: &Path) -> crate::check::fix::Fix {
    use crate::check::fix::Fix;
    let description = format!("make {} writable only by you", path.display());
    let is_open = |path: &Path| finding(path).is_some();
    Fix::mode(
        &description,
        path,
        locked_file::remove_write_access,
        is_open,
    )
}

#[cfg(not(unix))]
fn finding(_path: &Path) -> Option<Finding> {
    None
}
