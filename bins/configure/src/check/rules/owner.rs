//! Files and directories of other users.

use std::collections::BTreeSet;
use std::path::PathBuf;

use locked_file::{ForeignOwner, foreign_owner};
use token_cache::EntryLocation;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&FOREIGN_OWNER],
    finder: Finder::Files(find),
};

static FOREIGN_OWNER: Rule = Rule {
    code: "foreign-owner",
    severity: Severity::Error,
    summary: "File or directory that belongs to another user",
    explanation: "These programs treat a cache file of another user as missing, and do not use the \
                  directory `aws-sso-tools` of another user, because its owner could exchange a \
                  token. Remove it, or change its owner if you trust its content. The owner of \
                  `.aws` and root count as the user. This rule does not apply on Windows.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    let cache_files = &scope.cache_files;
    let cached = cache_files
        .secret
        .iter()
        .chain(cache_files.unreadable.keys());
    let cached = cached.filter_map(EntryLocation::file).map(PathBuf::from);
    let configured = [files.config_path(), files.credentials_path()].map(PathBuf::from);
    let directories = cache_files.directories.iter().cloned();
    let paths: BTreeSet<_> = configured
        .into_iter()
        .chain(directories)
        .chain(cached)
        .collect();
    let foreign = paths
        .iter()
        .filter_map(|path| foreign_owner(path, &cache_files.aws_dir));
    foreign.map(|owner| finding(&owner)).collect()
}

fn finding(foreign: &ForeignOwner) -> Finding {
    let message = format!("the owner is user ID {}", foreign.owner);
    Finding::new(&FOREIGN_OWNER, &message).at(foreign.path.display())
}
