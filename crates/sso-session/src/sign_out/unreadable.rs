//! Files that a sign-out cannot read, and therefore does not remove.

use locked_file::ReadError;
use token_cache::{CacheError, CacheKey, Corruption};

use super::SignOutReport;

impl SignOutReport {
    /// Adds the errors of files. A file that other tools may read is a problem if `is_looked_for` returns
    /// that they look for its key.
    pub(super) fn add_unreadable(
        &mut self,
        errors: Vec<CacheError>,
        is_looked_for: impl Fn(&CacheKey) -> bool,
    ) {
        for error in errors {
            if may_be_usable(&error) && has_key(&error, &is_looked_for) {
                self.problems.push(error.into());
            } else {
                self.unreadable.push(error);
            }
        }
    }
}

/// Returns whether other programs may use the file: the AWS CLI has no limit of the size, and another user,
/// such as the owner, may have the permission to read it.
fn may_be_usable(error: &CacheError) -> bool {
    matches!(
        error,
        CacheError::Read(ReadError::TooLarge { .. } | ReadError::Unreadable { .. })
    )
}

pub(super) fn is_empty(error: &CacheError) -> bool {
    matches!(
        error,
        CacheError::Corrupt {
            corruption: Corruption::Empty,
            ..
        }
    )
}

pub(super) fn has_key(error: &CacheError, is_selected: impl Fn(&CacheKey) -> bool) -> bool {
    error.location().key().is_some_and(|key| is_selected(&key))
}
