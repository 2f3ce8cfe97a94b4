//! Removing entries, and everything that is left of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::quarantine::quarantine;
use locked_file::{remove_file, temporary_files};

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;
use crate::location::EntryLocation;

impl TokenCache {
    /// Removes the entry at `location` and flushes the removal to disk. A missing entry is not an
    /// error. If the entry is a symbolic link, its target is removed and the link stays.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove(&self, location: &EntryLocation) -> Result<(), CacheError> {
        remove_file(location.path()).map_err(|source| CacheError::Remove {
            location: location.clone(),
            source,
        })
    }

    /// Moves the entry at `location` into [`TokenCache::state_dir`], as `KEY.corrupt` or
    /// `KEY.corrupt.2` to `KEY.corrupt.9`, and returns its new location.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn quarantine(&self, location: &EntryLocation) -> Result<EntryLocation, CacheError> {
        let name = location.path().file_stem().unwrap_or_default();
        let name = quarantine_name(name.to_string_lossy());
        let to = quarantine(location.path(), self.state_dir(), &name)?;
        Ok(EntryLocation::of_file(to))
    }

    /// Waits until every process that holds a lock now has released it, for at most `timeout`
    /// each; sign-ins are not waited for. Then removes the temporary files that existed before,
    /// which belong to processes that died, and returns their locations.
    ///
    /// After a token is removed, this guarantees that no process still writes something that it
    /// derived from the token: later processes find the token missing. The caller must not hold a
    /// lock.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`] and [`CacheError::Remove`].
    pub fn wait_for_writers(&self, timeout: Duration) -> Result<Vec<EntryLocation>, CacheError> {
        let temporary = temporary_files(self.state_dir());
        for name in names_in(self.state_dir()) {
            let is_entry_lock = name.split_once('.').is_some_and(|(_, rest)| rest == "lock");
            // Without locks there is no process to wait for.
            if is_entry_lock && !self.lock(&name, timeout)?.is_effective() {
                return Ok(Vec::new());
            }
        }
        let left = temporary.into_iter().filter(|path| path.exists());
        let left: Vec<_> = left.map(EntryLocation::of_file).collect();
        for location in &left {
            self.remove(location)?;
        }
        Ok(left)
    }

    /// Returns the quarantined files, each with its key, in the order of their keys.
    #[must_use]
    pub fn quarantined_files(&self) -> Vec<(CacheKey, EntryLocation)> {
        self.state_files_named(|suffix| suffix == "corrupt" || suffix.starts_with("corrupt."))
    }

    /// Returns the files `KEY.SUFFIX` in [`TokenCache::state_dir`], each with its key, in the order
    /// of their keys.
    #[must_use]
    pub fn state_files(&self, suffix: &str) -> Vec<(CacheKey, EntryLocation)> {
        self.state_files_named(|found| found == suffix)
    }

    fn state_files_named(
        &self,
        is_requested: impl Fn(&str) -> bool,
    ) -> Vec<(CacheKey, EntryLocation)> {
        let of_name = |name: String| {
            let (key, suffix) = name.split_once('.')?;
            let path: PathBuf = self.state_dir().join(&name);
            let is_file = is_requested(suffix) && !path.is_dir();
            is_file.then_some((key.parse().ok()?, EntryLocation::of_file(path)))
        };
        let mut files: Vec<_> = names_in(self.state_dir()).filter_map(of_name).collect();
        files.sort();
        files
    }
}

pub(crate) fn quarantine_name(key: impl std::fmt::Display) -> String {
    format!("{key}.corrupt")
}

fn names_in(dir: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}
