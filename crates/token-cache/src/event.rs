use std::path::PathBuf;

use locked_file::Holder;

use crate::error::CacheError;
use crate::location::EntryLocation;

/// Event that is not an error, for [`TokenCache::on_event`](crate::TokenCache::on_event).
#[derive(Debug)]
#[non_exhaustive]
pub enum CacheEvent {
    /// Another process holds a lock, and this process starts to wait for it.
    WaitingForLock {
        /// The lock file.
        path: PathBuf,
        /// The process that holds the lock, if the lock file names it.
        holder: Option<Holder>,
    },
    /// The file system does not support locks, so other processes may write at the same time.
    LocksUnsupported {
        /// The lock file.
        path: PathBuf,
    },
    /// Permissions of group and others were removed from a file or directory.
    PermissionsNarrowed {
        /// The file or directory.
        path: PathBuf,
        /// The previous mode.
        previous_mode: u32,
    },
    /// A token or registration has other hard links, which keep the old content when it is replaced.
    /// Other homes that use them do not see a refreshed token, and take another lock.
    HardLinked {
        /// The file.
        path: PathBuf,
    },
    /// A removed entry has other hard links, which keep its content.
    RemovedHardLink {
        /// The removed file.
        path: PathBuf,
    },
    /// A corrupt entry was treated as missing.
    CorruptEntryIgnored {
        /// The error of the read.
        error: CacheError,
    },
    /// A corrupt entry was quarantined when a new entry was written.
    Quarantined {
        /// The previous location.
        from: EntryLocation,
        /// The new location.
        to: EntryLocation,
        /// True if only the first MiB could be kept.
        is_truncated: bool,
        /// The error of the read.
        error: CacheError,
    },
    /// A corrupt entry could not be quarantined, and is replaced.
    NotQuarantined {
        /// The location.
        from: EntryLocation,
        /// The error of the quarantine.
        error: CacheError,
    },
    /// The file of an entry was overwritten, because it could not be replaced. The entry is saved.
    WrittenInPlace {
        /// The error of the replacement.
        error: CacheError,
    },
    /// The token of a sign-in was saved without its lock, which another process holds or which cannot be
    /// opened.
    SavedWithoutLock {
        /// The error of the lock.
        error: CacheError,
    },
    /// A refreshed token could not be saved. [`refresh`](crate::refresh()) returns it, but other
    /// processes cannot use it.
    RefreshedTokenNotSaved {
        /// The error of the write.
        error: CacheError,
    },
}
