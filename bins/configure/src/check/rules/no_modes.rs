//! File systems without modes.

use super::file_mode::open_files;
use super::write_access::open_paths;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&NO_MODES],
    finder: Finder::Files(find),
};

static NO_MODES: Rule = Rule {
    code: "no-modes",
    severity: Severity::Advice,
    summary: "File system without Unix modes, such as a Windows drive in WSL",
    explanation: "The modes there do not show who can access the files, and these programs cannot \
                  restrict the access. The rules `open-mode` and `writable-by-others` do not apply. \
                  Protect the files in another way, or move them. In WSL, the mount option `metadata` \
                  stores modes on a Windows drive.",
    fix: None,
};

/// Reports the first path only: the others are usually on the same file system.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let paths = [open_paths(scope), open_files(scope)].concat();
    let first = paths
        .iter()
        .find(|(path, _)| !scope.file_systems.has_modes(path));
    let finding = first.map(|(path, mode)| {
        let message = format!(
            "the file system does not store modes (mode {mode:04o} for all files); other users may have access"
        );
        Finding::new(&NO_MODES, &message).at(path.display())
    });
    finding.into_iter().collect()
}
