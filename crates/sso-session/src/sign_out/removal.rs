//! Removal of the files of a sign-out.

use std::cell::RefCell;

use token_cache::{CacheError, EntryLocation, RemovedName, TokenCache};

use super::SignOutReport;
use crate::error::Error;

/// Removal of files. Two of them may be names of one file, so that other hard links are known only
/// at the end.
pub(super) struct Removal<'a> {
    cache: &'a TokenCache,
    removed: RefCell<Vec<RemovedName>>,
}

impl<'a> From<&'a TokenCache> for Removal<'a> {
    fn from(cache: &'a TokenCache) -> Self {
        let removed = RefCell::default();
        Self { cache, removed }
    }
}

impl Removal<'_> {
    pub(super) fn is_removed(&self, location: &EntryLocation, problems: &mut Vec<Error>) -> bool {
        let removed = self.cache.remove_name(location);
        let removed = removed.map(|name| self.removed.borrow_mut().extend(name));
        is_done(removed, problems)
    }

    /// Reports the files of which other hard links remain.
    pub(super) fn report_other_names(self) {
        self.cache.report_other_names(self.removed.into_inner());
    }
}

/// Removes the listed files other than tokens. Only the removed ones remain in the report.
pub(super) fn remove_related(removal: &Removal<'_>, report: &mut SignOutReport) {
    let problems = &mut report.problems;
    report
        .role_credentials
        .retain(|role| removal.is_removed(&role.location, problems));
    report
        .registrations
        .retain(|location| removal.is_removed(location, problems));
    report
        .assumed_roles
        .retain(|role| removal.is_removed(&role.location, problems));
    report
        .leftovers
        .retain(|location| is_done(removal.cache.remove_state_file(location), problems));
}

fn is_done(removal: Result<(), CacheError>, problems: &mut Vec<Error>) -> bool {
    let done = removal.map_err(|error| problems.push(error.into()));
    done.is_ok()
}
