//! Small files in [`TokenCache::state_dir`] that no other tool uses, each named after a key.
//!
//! They are hints: without them, a program repeats a request or a sign-in. An unreadable or corrupt
//! file therefore counts as missing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::{
    Claim, Durability, FileMode, LockedFile, PreparedWrite, ReadOptions, WriteError, WriteOptions,
    check_own_dir, explain_denied, read_with,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;
use crate::location::EntryLocation;
use crate::locked::Declined;

/// Maximum size of a state file, more than the roles of the largest organization need.
const MAX_BYTES: u64 = 64 << 20;

impl TokenCache {
    /// Returns the content of the state file `KEY.SUFFIX`, of at most 64 MiB. A symbolic link and a
    /// file of another user count as missing. Takes no lock.
    #[must_use]
    pub fn read_state<T: DeserializeOwned>(&self, key: &CacheKey, suffix: &str) -> Option<T> {
        self.read_state_at(&self.state_file(key, suffix), MAX_BYTES)
    }

    fn read_state_at<T: DeserializeOwned>(&self, path: &Path, max_bytes: u64) -> Option<T> {
        let options = ReadOptions::trusting(self.trusted_dir())
            .without_following()
            .up_to(max_bytes);
        let file = read_with(&options, path).ok()??;
        serde_json::from_slice(&file.bytes).ok()
    }

    /// Replaces the state file `KEY.SUFFIX`, also if it is a symbolic link. After a crash of the
    /// system, it may be missing.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`], also if [`TokenCache::state_dir`] belongs to another user.
    ///
    /// # Panics
    ///
    /// If `content` cannot be serialized as JSON.
    pub fn write_state(
        &self,
        key: &CacheKey,
        suffix: &str,
        content: &impl Serialize,
    ) -> Result<(), CacheError> {
        self.write_state_if(key, suffix, content, || true)?;
        Ok(())
    }

    /// Replaces the state file `KEY.SUFFIX` like [`write_state`](Self::write_state), if
    /// `is_current` returns true right before the change, and returns its result.
    ///
    /// # Errors
    ///
    /// The same as [`write_state`](Self::write_state).
    ///
    /// # Panics
    ///
    /// If `content` cannot be serialized as JSON.
    pub fn write_state_if(
        &self,
        key: &CacheKey,
        suffix: &str,
        content: &impl Serialize,
        is_current: impl FnOnce() -> bool,
    ) -> Result<bool, CacheError> {
        self.write_state_at(&self.state_file(key, suffix), content, is_current)
    }

    fn write_state_at(
        &self,
        path: &Path,
        content: &impl Serialize,
        is_current: impl FnOnce() -> bool,
    ) -> Result<bool, CacheError> {
        let json = serde_json::to_vec(content).expect("the content can be serialized as JSON");
        check_own_dir(self.state_dir(), self.trusted_dir()).map_err(|source| {
            WriteError::Prepare {
                path: self.state_dir().to_owned(),
                source: explain_denied(self.state_dir(), source),
            }
        })?;
        let options = WriteOptions::new(FileMode::Private)
            .without_following()
            .durability(Durability::Relaxed)
            .scratch(self.state_dir());
        let prepared = PreparedWrite::prepare(path, &options)?;
        let written = prepared.commit_if(&json, || {
            is_current().then_some(()).ok_or(Declined::NotCurrent)
        });
        match written {
            Ok(_) => Ok(true),
            Err(Declined::NotCurrent) => Ok(false),
            Err(Declined::Failed(error)) => Err(error.into()),
        }
    }

    /// Locks the state file `KEY.SUFFIX`, waiting for at most `timeout`. Calls `pause` between two
    /// attempts, and reports no event.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`], also if [`TokenCache::state_dir`] belongs to another user.
    pub fn lock_state(
        &self,
        key: &CacheKey,
        suffix: &str,
        timeout: Duration,
        pause: impl Fn(Duration),
    ) -> Result<LockedFile, CacheError> {
        let path = self.state_file(key, &format!("{suffix}.lock"));
        self.lock_state_at(&path, timeout, pause)
    }

    fn lock_state_at(
        &self,
        path: &Path,
        timeout: Duration,
        pause: impl Fn(Duration),
    ) -> Result<LockedFile, CacheError> {
        let trusted_dir = self.trusted_dir();
        Ok(LockedFile::acquire_own(
            path,
            trusted_dir,
            timeout,
            pause,
            |_| {},
        )?)
    }

    /// Claims a change of the state file `KEY.SUFFIX`, without a lock. Returns `None` if another process
    /// has claimed it within `max_age` before `now`.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`], also if [`TokenCache::state_dir`] belongs to another user.
    pub(crate) fn claim_state(
        &self,
        key: &CacheKey,
        suffix: &str,
        now: OffsetDateTime,
        max_age: Duration,
    ) -> Result<Option<Claim>, CacheError> {
        let path = self.state_file(key, &format!("{suffix}.claim"));
        let claim = Claim::acquire(&path, self.trusted_dir(), now.into(), max_age);
        claim.map_err(|source| {
            let source = explain_denied(&path, source);
            WriteError::Prepare { path, source }.into()
        })
    }

    /// Removes the state file `KEY.SUFFIX`, if it exists.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove_state(&self, key: &CacheKey, suffix: &str) -> Result<(), CacheError> {
        let location = EntryLocation::of_file(self.state_file(key, suffix));
        self.remove_state_file(&location)
    }

    fn state_file(&self, key: &CacheKey, suffix: &str) -> PathBuf {
        self.state_dir().join(format!("{key}.{suffix}"))
    }
}
