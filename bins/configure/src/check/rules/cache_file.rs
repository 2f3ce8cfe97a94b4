//! Cache files that cannot be read.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use locked_file::{ForeignOwner, ReadError, lacks_read_mode};
use sso_session::ErrorChain;
use sso_session::keys::SessionKeys as _;
use token_cache::{CacheError, EntryLocation};

use super::unreadable::denied;
use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix, KEEPS_MODE};
use crate::check::modes::denied_directory;
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
    explanation: "Its mode denies you to read it, or the operating system reports another error, such \
                  as a failed disk or network file system. The AWS CLI fails, and these programs do \
                  not use the file. Correct the mode or the file system, or remove the file and sign \
                  in again.",
    fix: Some("Makes your own file readable for you."),
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let corrupt = corrupt_entries(scope);
    let corrupt = corrupt.iter().map(|error| (error.location(), error));
    let unreadable = scope.cache_files.unreadable.iter();
    let unreadable = unreadable.map(|(location, error)| (location.clone(), error));
    let errors: BTreeMap<_, _> = corrupt.chain(unreadable).collect();
    // The rule `foreign-owner` reports the other errors.
    let errors = errors.into_values().filter(|error| {
        let foreign = ForeignOwner::in_causes_of(*error);
        foreign.is_none_or(ForeignOwner::is_root)
    });
    errors.filter_map(|error| finding(error, scope)).collect()
}

/// Returns the errors of JSON files that lack fields, or have invalid ones, under the keys of the sessions
/// and of roles.
fn corrupt_entries(scope: &Scope<'_>) -> Vec<CacheError> {
    let cache = scope.aws.cache();
    let sessions = scope.configured.sessions.iter();
    let of_sessions = sessions.flat_map(|session| {
        let token = cache.token(&session.token_key()).err();
        let registration = cache.registration(&session.registration_key()).err();
        token.into_iter().chain(registration)
    });
    let roles = scope.cache_files.role_keys.iter();
    let of_roles = roles.filter_map(|key| cache.role_credentials(key).err());
    let errors = of_sessions.chain(of_roles);
    errors.filter(CacheError::is_corrupt).collect()
}

/// Returns `None` if the file is in a directory that cannot be listed.
fn finding(error: &CacheError, scope: &Scope<'_>) -> Option<Finding> {
    let location = error.location();
    let finding = |rule| Finding::new(rule, &ErrorChain(error).to_string()).at(&location);
    let path = location.file();
    match path {
        Some(path) if is_denied(error) => {
            if let Some(directory) = denied_directory(path) {
                return denied(directory, scope);
            }
            let finding = finding(&UNREADABLE_FILE);
            Some(if lacks_read_mode(path) {
                finding.fixed_by(Some(path), make_readable(path))
            } else {
                finding.with_hint("change the owner or the permissions of the file")
            })
        }
        _ if error.is_corrupt() => {
            let fix = quarantine(location.clone());
            Some(finding(&CORRUPT_FILE).fixed_by(path, fix))
        }
        _ => Some(finding(&UNREADABLE_FILE)),
    }
}

/// The content of a file that the user may not read can be valid.
fn is_denied(error: &CacheError) -> bool {
    let CacheError::Read(ReadError::Unreadable { source, .. }) = error else {
        return false;
    };
    source.kind() == ErrorKind::PermissionDenied
}

fn make_readable(path: &Path) -> Fix {
    let description = format!("make {} readable for you", path.display());
    let path = path.to_owned();
    Fix::file(&description, move |_| {
        locked_file::make_readable(&path);
        Ok(if lacks_read_mode(&path) {
            Effect::None(KEEPS_MODE)
        } else {
            Effect::Fixed
        })
    })
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
