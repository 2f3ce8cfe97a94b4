//! Files that processes have left behind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use locked_file::{is_in_use, is_stale, remove_without_following, temporary_files};
use sso_config::edit::history_paths;

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&LEFTOVER_FILE],
    finder: Finder::Files(find),
};

static LEFTOVER_FILE: Rule = Rule {
    code: "leftover-file",
    severity: Severity::Advice,
    summary: "Temporary file of a process that was killed",
    explanation: "The file may contain a token or credentials, and is more than an hour old. The next write \
                  in its directory removes it, too.",
    fix: Some("Removes the file."),
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let config = scope.aws.files().config_path();
    let [history, _] = history_paths(config);
    let beside_config = config.parent().map(Path::to_owned);
    let directories = scope.cache_files.directories.iter().cloned();
    let directories: BTreeSet<_> = directories.chain([history]).chain(beside_config).collect();
    let files = directories.iter().flat_map(|dir| temporary_files(dir));
    let leftover = files.filter(|path| is_in_use(path) == Some(false) && is_stale(path));
    leftover.map(finding).collect()
}

fn finding(path: PathBuf) -> Finding {
    let message = "a process was killed while it wrote this file";
    let finding = Finding::new(&LEFTOVER_FILE, message).at(path.display());
    finding.fixed_by(Some(&path.clone()), remove(path))
}

fn remove(path: PathBuf) -> Fix {
    Fix::file(&format!("remove {}", path.display()), move |_| {
        let hint = "the file cannot be removed; correct the owner or the mode of its directory";
        Ok(match remove_without_following(&path) {
            Ok(()) => Effect::Fixed,
            Err(_) => Effect::None(hint),
        })
    })
}
