//! Files and directories that other users can change.

use std::path::PathBuf;

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix, KEEPS_MODE};
use crate::check::modes::open_mode;
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

const PERMISSIONS: u32 = 0o022;

/// Returns the files and directories that the rule applies to and that are open, with their modes.
pub(super) fn open_paths(scope: &Scope<'_>) -> Vec<(PathBuf, u32)> {
    let config = scope.aws.files().config_path().to_owned();
    let paths = scope.cache_files.directories.iter().cloned();
    let paths = paths.chain([config]);
    paths
        .filter_map(|path| open_mode(&path, PERMISSIONS).map(|mode| (path, mode)))
        .collect()
}

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let paths = open_paths(scope).into_iter();
    let paths = paths.filter(|(path, _)| scope.file_systems.has_modes(path));
    paths.map(|(path, mode)| finding(path, mode)).collect()
}

fn finding(path: PathBuf, mode: u32) -> Finding {
    let message = format!("other users can change it (mode {mode:04o})");
    let finding = Finding::new(&WRITABLE_BY_OTHERS, &message).at(path.display());
    if path.is_symlink() {
        finding.with_hint("remove the write permissions of other users from the target of the link")
    } else {
        finding.fixed_by(Some(&path.clone()), remove_access(path))
    }
}

fn remove_access(path: PathBuf) -> Fix {
    let description = format!("make {} writable only by you", path.display());
    Fix::file(&description, move |_| {
        // The previous mode needs no warning: the finding has shown it.
        let _ = locked_file::remove_write_access(&path);
        Ok(match open_mode(&path, PERMISSIONS) {
            Some(_) => Effect::None(KEEPS_MODE),
            None => Effect::Fixed,
        })
    })
}
