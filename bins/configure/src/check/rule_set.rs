//! The connection between rules and their finder.

use super::finding::Finding;
use super::rule::Rule;
use super::scope::{Scope, TextFile};

/// Rules whose findings come from one finder, because they need the same work.
pub(super) struct RuleSet {
    pub(super) rules: &'static [&'static Rule],
    pub(super) finder: Finder,
}

/// A function that finds problems, by the input that it needs.
pub(super) enum Finder {
    /// Reads the text of one file, also of a file that the AWS CLI rejects.
    Text(fn(&TextFile<'_>) -> Vec<Finding>),
    /// Reads valid files and the caches.
    Files(fn(&Scope<'_>) -> Vec<Finding>),
    /// Sends requests; skipped with `--offline`.
    Network(fn(&Scope<'_>) -> Vec<Finding>),
}
