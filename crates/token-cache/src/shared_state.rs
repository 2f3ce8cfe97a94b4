//! State files that belong to no key, such as a history of all profiles.
//!
//! Their names contain a period, but are not those of locks. Like the files named after a key, they are hints:
//! an unreadable or corrupt file counts as missing.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use locked_file::LockedFile;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::location::EntryLocation;

impl TokenCache {
    /// Returns the content of the state file `name`, of at most `max_bytes`. A symbolic link and a file of
    /// another user count as missing. Takes no lock.
    #[must_use]
    pub fn read_shared_state<T: DeserializeOwned>(&self, name: &str, max_bytes: u64) -> Option<T> {
        self.read_state_at(&self.shared_state_file(name), max_bytes)
    }

    /// Replaces the state file `name`, also if it is a symbolic link. After a crash of the system, it may be
    /// missing.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`], also if [`TokenCache::state_dir`] belongs to another user.
    ///
    /// # Panics
    ///
    /// If `content` cannot be serialized as JSON.
    pub fn write_shared_state(
        &self,
        name: &str,
        content: &impl Serialize,
    ) -> Result<(), CacheError> {
        self.write_state_at(&self.shared_state_file(name), content, || true)?;
        Ok(())
    }

    /// Locks the state file `name`, waiting for at most `timeout`. Reports no event.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`], also if [`TokenCache::state_dir`] belongs to another user.
    pub fn lock_shared_state(
        &self,
        name: &str,
        timeout: Duration,
    ) -> Result<LockedFile, CacheError> {
        let path = self.shared_state_file(&format!("{name}.lock"));
        self.lock_state_at(&path, timeout, |pause| self.pause(pause))
    }

    /// Returns true if the state file `name` exists, even a corrupt one.
    #[must_use]
    pub fn has_shared_state(&self, name: &str) -> bool {
        fs::symlink_metadata(self.shared_state_file(name)).is_ok()
    }

    /// Removes the state file `name`, if it exists.
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
