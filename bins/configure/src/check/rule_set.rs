//! Rules and the function that finds their problems.

use super::finding::Finding;
use super::rule::Rule;
use super::scope::Scope;
use super::text_file::TextFile;

/// Rules that share a finder, because they need the same work.
pub(super) struct RuleSet {
    pub(super) rules: &'static [&'static Rule],
    pub(super) finder: Finder,
}

pub(super) enum Finder {
    /// Reads the text of one file, even if the AWS CLI rejects the file.
    Text(fn(&TextFile<'_>) -> Vec<Finding>),
    /// Reads valid files and the caches.
    Files(fn(&Scope<'_>) -> Vec<Finding>),
    /// Sends requests; skipped with `--offline`.
    Network(fn(&Scope<'_>) -> Vec<Finding>),
}
