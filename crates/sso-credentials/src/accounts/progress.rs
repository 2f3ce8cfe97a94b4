//! Progress of a listing.

use std::sync::Mutex;

use super::lock;

/// Progress of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListingProgress {
    /// Number of accounts whose roles have been listed.
    pub done: usize,
    /// Number of matching accounts found so far.
    pub known: usize,
    /// True while the access portal is throttling requests.
    pub is_throttled: bool,
}

/// Reports each change of the progress.
pub(super) struct Progress<'a> {
    report: &'a (dyn Fn(ListingProgress) + Sync),
    current: Mutex<ListingProgress>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(report: &'a (dyn Fn(ListingProgress) + Sync)) -> Self {
        Self {
            report,
            current: Mutex::default(),
        }
    }

    pub(super) fn set(&self, done: usize, known: usize) {
        self.change(|current| ListingProgress {
            done,
            known,
            ..current
        });
    }

    pub(super) fn set_throttled(&self, is_throttled: bool) {
        self.change(|current| ListingProgress {
            is_throttled,
            ..current
        });
    }

    fn change(&self, change: impl FnOnce(ListingProgress) -> ListingProgress) {
        let mut current = lock(&self.current);
        let changed = change(*current);
        if changed != *current {
            *current = changed;
            (self.report)(changed);
        }
    }
}
