//! Cache files that cannot be read.

use std::path::Path;

use locked_file::ForeignOwner;
use sso_session::ErrorChain;
use token_cache::{CacheError, EntryLocation};

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&CORRUPT_FILE, &UNREADABLE_FILE],
    finder: Finder::Files(find),
};

static CORRUPT_FILE: Rule = Rule {
    code: "corrupt-file",
    severity: Severity::Error,
    summary: "Corrupt cache file",
    explanation: "The file is not valid JSON, or required fields are missing. These programs \
                  treat the file as missing; the AWS CLI and SDKs may fail.",
    fix: Some("Moves the file to the directory `~/.aws/sso/cache/aws-sso-tools`."),
};

static UNREADABLE_FILE: Rule = Rule {
    code: "unreadable-file",
    severity: Severity::Error,
    summary: "Cache file that cannot be opened",
    explanation: "The operating system reports an error, such as a failed disk or network file \
                  system. These programs and the AWS CLI fail. Correct the file system, or remove \
                  the file and sign in again.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let errors = scope.cache_files.unreadable.values();
    // The rule `foreign-owner` reports the other errors.
    let errors = errors.filter(|error| {
        let foreign = ForeignOwner::in_causes_of(*error);
        foreign.is_none_or(ForeignOwner::is_root)
    });
    errors.map(finding).collect()
}

fn finding(error: &CacheError) -> Finding {
    let location = error.location();
    let finding = |rule| Finding::new(rule, &ErrorChain(error).to_string()).at(&location);
    if error.is_corrupt() {
        finding(&CORRUPT_FILE).fixed_by(location.file(), quarantine(location.clone()))
    } else {
        finding(&UNREADABLE_FILE)
    }
}

const COPIED: &str = "the file cannot be moved and was copied; sign in again to replace its \
                      content, or correct it where it is mounted from";

const COPIED_IN_PART: &str = "the file cannot be moved, and its first MiB was copied; sign in again to \
                              replace its content, or correct it where it is mounted from";

fn quarantine(location: EntryLocation) -> Fix {
    Fix::file(&format!("quarantine {location}"), move |cache| {
        let quarantined = cache.quarantine(&location)?;
        // A mount point is only copied.
        let remains = location.file().is_some_and(Path::exists);
        Ok(match (remains, quarantined.is_truncated) {
            (false, _) => Effect::Fixed,
            (true, false) => Effect::None(COPIED),
            (true, true) => Effect::None(COPIED_IN_PART),
        })
    })
}
