//! Cache files that cannot be read.

use std::path::PathBuf;

use cli_ux::Failure;
use locked_file::set_aside;
use sso_credentials::{CacheError, with_causes};

use crate::check::finding::Finding;
use crate::check::fix::{Fix, shown};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&DAMAGED_FILE, &UNREADABLE_FILE],
    finder: Finder::Files(find),
};

static DAMAGED_FILE: Rule = Rule {
    code: "damaged-file",
    severity: Severity::Error,
    summary: "Corrupt cache file",
    explanation: "The file is not JSON, or lacks required fields. These programs treat it as \
                  missing; the AWS CLI and SDKs may fail.",
    fix: Some("Moves the file to the directory `~/.aws/sso/cache/aws-sso-tools`."),
};

static UNREADABLE_FILE: Rule = Rule {
    code: "unreadable-file",
    severity: Severity::Error,
    summary: "Cache file that cannot be opened",
    explanation: "The operating system refuses access to the file. Check its owner and mode.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    scope.cache_files.unreadable.values().map(finding).collect()
}

fn finding(error: &CacheError) -> Finding {
    let path = error.path();
    let finding = |rule| Finding::new(rule, &with_causes(error)).at(path.display());
    if error.is_damaged() {
        finding(&DAMAGED_FILE).fixed_by(quarantine(path.to_owned()))
    } else {
        finding(&UNREADABLE_FILE)
    }
}

fn quarantine(path: PathBuf) -> Fix {
    Fix::file(&format!("set {} aside", shown(&path)), move |cache| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{name}.corrupt");
        set_aside(&path, cache.own_folder(), &name).map_err(Failure::other)?;
        Ok(())
    })
}
