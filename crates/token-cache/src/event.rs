//! Events that callers may want to report although nothing failed.

use std::path::PathBuf;

use locked_file::Holder;

use crate::error::CacheError;
use crate::location::EntryLocation;

/// An event that [`TokenCache::on_event`](crate::TokenCache::on_event) reports.
#[derive(Debug)]
#[non_exhaustive]
pub enum CacheEvent {
    /// Another process holds a lock, and this one begins to wait for it.
    WaitingForLock {
        /// The lock file.
        path: PathBuf,
        /// The process that holds the lock, if the lock file names it.
        holder: Option<Holder>,
    },
    /// The file system has no locks, so other processes are not excluded.
    LocksUnsupported {
        /// The lock file.
        path: PathBuf,
    },
    /// Group or others had permissions for a file or directory, and they were removed.
    PermissionsNarrowed {
        /// The file or directory.
        path: PathBuf,
        /// The mode before.
        previous_mode: u32,
    },
    /// A corrupt entry counts as missing.
    CorruptEntryIgnored {
        /// The error of the read, with the location.
        error: CacheError,
    },
    /// A corrupt entry was moved out of the way of a new one.
    Quarantined {
        /// The previous location.
        from: EntryLocation,
        /// The new location.
        to: EntryLocation,
    },
    /// A token was refreshed and could not be saved. The caller of
    /// [`refresh`](crate::refresh()) has it all the same, but the next process will not.
    RefreshedTokenNotSaved {
        /// The error of the write.
        error: CacheError,
    },
}
