//! State files that belong to no key, such as a history of all profiles.
//!
//! Each contains the records of several processes. Their names contain a period, but are not those of locks.
//! Like the files named after a key, they are hints: an unreadable file counts as missing.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use locked_file::{Journal, ReadOptions, WriteError, read_with};

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::location::EntryLocation;

/// Limits of a state file with records.
#[derive(Clone, Copy, Debug)]
pub struct SharedStateLimits {
    /// Maximum size in bytes. A larger file counts as empty.
    pub max_bytes: u64,
    /// Number of bytes after which the records are compacted.
    pub compacted_after: u64,
    /// Maximum wait for another process, which holds the lock for less than a millisecond.
    pub lock_timeout: Duration,
}

impl TokenCache {
    /// Returns the records of the state file `name`, of at most `max_bytes`. A symbolic link and a file of
    /// another user count as missing. Takes no lock. After a crash, a record may be incomplete.
    #[must_use]
    pub fn read_shared_state(&self, name: &str, max_bytes: u64) -> Option<Vec<u8>> {
        let options = ReadOptions::trusting(self.trusted_dir())
            .without_following()
            .up_to(max_bytes);
        let file = read_with(&options, &self.shared_state_file(name)).ok()??;
        Some(file.bytes)
    }

    /// Appends `record` to the state file `name`, under a lock on this file. Replaces a symbolic link. Other
    /// processes lose no record. After a crash of the system, the file may be missing.
    ///
    /// Whenever the size passes a multiple of `compacted_after`, and above `max_bytes`, first replaces the
    /// records by those that `compact` returns. Most calls read nothing.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`], also if [`TokenCache::state_dir`] belongs to another user;
    /// [`CacheError::Write`].
    pub fn append_to_shared_state(
        &self,
        name: &str,
        record: &[u8],
        limits: SharedStateLimits,
        compact: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<(), CacheError> {
        let path = self.shared_state_file(name);
        let pause = |duration| self.pause(duration);
        let mut journal = Journal::open(&path, self.trusted_dir(), limits.lock_timeout, pause)?;
        let appended = append(&mut journal, record, limits, compact);
        appended.map_err(|source| WriteError::Write { path, source }.into())
    }

    /// Returns true if the state file `name` exists, even an unreadable one.
    #[must_use]
    pub fn has_shared_state(&self, name: &str) -> bool {
        fs::symlink_metadata(self.shared_state_file(name)).is_ok()
    }

    /// Removes the state file `name`, if it exists. Takes no lock: a record that another process is
    /// appending goes with it.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove_shared_state(&self, name: &str) -> Result<(), CacheError> {
        self.remove_state_file(&EntryLocation::of_file(self.shared_state_file(name)))
    }

    fn shared_state_file(&self, name: &str) -> PathBuf {
        self.state_dir().join(name)
    }
}

fn append(
    journal: &mut Journal,
    record: &[u8],
    limits: SharedStateLimits,
    compact: impl FnOnce(&[u8]) -> Vec<u8>,
) -> io::Result<()> {
    let length = journal.length() + record.len() as u64;
    let passes = length / limits.compacted_after > journal.length() / limits.compacted_after;
    if passes || length > limits.max_bytes {
        let content = journal.read(limits.max_bytes)?.unwrap_or_default();
        let content = [&compact(&content), record].concat();
        journal.replace(&content)
    } else {
        journal.append(record)
    }
}
