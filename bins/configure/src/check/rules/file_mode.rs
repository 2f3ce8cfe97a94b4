//! Files with secrets that other users can access.

use std::path::{Path, PathBuf};

use token_cache::EntryLocation;

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix, KEEPS_MODE};
use crate::check::modes::open_mode;
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

const PERMISSIONS: u32 = 0o077;

/// Returns the files that the rule applies to and that are open, with their modes.
pub(super) fn open_files(scope: &Scope<'_>) -> Vec<(PathBuf, u32)> {
    let cached = scope.cache_files.secret.iter();
    let cached = cached.filter_map(EntryLocation::file);
    let secret = cached.chain([scope.aws.files().credentials_path()]);
    let files = secret.filter(|path| path.is_file());
    files
        .filter_map(|path| Some((path.to_owned(), open_mode(path, PERMISSIONS)?)))
        .collect()
}

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let files = open_files(scope).into_iter();
    let files = files.filter(|(path, _)| scope.file_systems.has_modes(path));
    files.map(|(path, mode)| finding(&path, mode)).collect()
}

fn finding(path: &Path, mode: u32) -> Finding {
    let message = format!("the file is accessible to other users (mode {mode:04o})");
    let finding = Finding::new(&OPEN_MODE, &message).at(path.display());
    if path.is_symlink() {
        finding.with_hint("remove the access of other users from the target of the link")
    } else {
        finding.fixed_by(Some(path), narrow(path))
    }
}

fn narrow(path: &Path) -> Fix {
    let description = format!("make {} accessible only to you", path.display());
    let path = path.to_owned();
    Fix::file(&description, move |_| {
        // The previous mode needs no warning: the finding has shown it.
        let _ = locked_file::narrow_mode(&path);
        Ok(match open_mode(&path, PERMISSIONS) {
            Some(_) => Effect::None(KEEPS_MODE),
            None => Effect::Fixed,
        })
    })
}
