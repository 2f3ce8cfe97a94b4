//! Files and directories that other users can change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sso_config::edit::history_paths;

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix, KEEPS_MODE};
use crate::check::modes::open_mode;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&WRITABLE_BY_OTHERS, &REPLACEABLE_BY_OTHERS],
    finder: Finder::Files(find),
};

static WRITABLE_BY_OTHERS: Rule = Rule {
    code: "writable-by-others",
    severity: Severity::Error,
    summary: "Config file, its backup, or directory in `.aws`, that other users can change",
    explanation: "Other users can redirect requests, run commands with `credential_process`, or \
                  exchange tokens. A directory with the sticky bit is not reported. This rule does not \
                  apply on Windows; the rule `open-mode` checks the files with secrets.",
    fix: Some("Removes the write permissions of other users, except through a symbolic link."),
};

static REPLACEABLE_BY_OTHERS: Rule = Rule {
    code: "replaceable-by-others",
    severity: Severity::Error,
    summary: "Directory above `.aws` or the config file in which all users can replace files",
    explanation: "Other users can rename the directory `.aws` or the config file and create another one. \
                  A directory with the sticky bit, such as `/tmp`, is not reported. Remove the write \
                  permission of other users. This rule does not apply on Windows.",
    fix: None,
};

const PERMISSIONS: u32 = 0o022;

/// Permission of all users. A home directory may belong to a group.
const PERMISSION_OF_ALL: u32 = 0o002;

/// Returns the files and directories that the rule applies to and that are open, with their modes.
pub(super) fn open_paths(scope: &Scope<'_>) -> Vec<(PathBuf, u32)> {
    let history = history_paths(scope.aws.files().config_path());
    let config = scope.aws.files().config_path().to_owned();
    let paths = scope.cache_files.directories.iter().cloned();
    let paths = paths.chain([config]).chain(history);
    paths
        .filter_map(|path| open_mode(&path, PERMISSIONS).map(|mode| (path, mode)))
        .collect()
}

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let paths = open_paths(scope).into_iter();
    let paths = paths.filter(|(path, _)| scope.file_systems.has_modes(path));
    let findings = paths.map(|(path, mode)| finding(path, mode));
    findings.chain(replaceable(scope)).collect()
}

/// Examines the directories above the targets of links, too.
fn replaceable(scope: &Scope<'_>) -> Vec<Finding> {
    let config = scope.aws.files().config_path();
    let reported = open_paths(scope).into_iter().map(|(path, _)| path);
    let reported: BTreeSet<_> = reported.filter_map(|it| it.canonicalize().ok()).collect();
    let paths = [config, &scope.cache_files.aws_dir];
    let resolved = paths.iter().filter_map(|path| path.canonicalize().ok());
    let above: BTreeSet<_> = resolved
        .flat_map(|path| {
            path.ancestors()
                .skip(1)
                .map(Path::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|directory| !reported.contains(directory))
        .collect();
    let open = above.into_iter().filter_map(|directory| {
        let mode = open_mode(&directory, PERMISSION_OF_ALL)?;
        scope
            .file_systems
            .has_modes(&directory)
            .then_some((directory, mode))
    });
    open.map(|(directory, mode)| {
        let message = format!("all users can replace files in it (mode {mode:04o})");
        let hint = "remove the write permission of other users from the directory";
        Finding::new(&REPLACEABLE_BY_OTHERS, &message)
            .at(directory.display())
            .with_hint(hint)
    })
    .collect()
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
