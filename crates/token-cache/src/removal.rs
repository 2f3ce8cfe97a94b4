//! Removal of entries, quarantined files and temporary files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::quarantine::quarantine;
use locked_file::{remove_file, remove_without_following, temporary_files};

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;
use crate::location::EntryLocation;

impl TokenCache {
    /// Removes the entry at `location` and flushes the removal to disk. A missing entry is not an
    /// error. For a symbolic link, removes the target and leaves the link.
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

    /// Removes a file in [`TokenCache::state_dir`] and flushes the removal to disk. A missing file
    /// is not an error. Removes a symbolic link itself and leaves the target.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove_state_file(&self, location: &EntryLocation) -> Result<(), CacheError> {
        remove_without_following(location.path()).map_err(|source| CacheError::Remove {
            location: location.clone(),
            source,
        })
    }

    /// Moves the entry at `location` to one of [`TokenCache::state_dirs`], as `KEY.corrupt` or
    /// `KEY.corrupt.2` to `KEY.corrupt.9`, and returns its new location.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn quarantine(&self, location: &EntryLocation) -> Result<EntryLocation, CacheError> {
        let name = location.path().file_stem().unwrap_or_default();
        let name = quarantine_name(name.to_string_lossy());
        let to = quarantine(location.path(), &self.quarantine_dir(location), &name)?;
        Ok(EntryLocation::of_file(to))
    }

    /// Waits until all locks that are held now, except those of sign-ins, are released: at most
    /// `timeout` for each lock. Then removes the temporary files that existed before the wait,
    /// because they belong to crashed processes, and returns their locations. Removes nothing where
    /// the file system does not support locks. Includes the locks and temporary files beside the
    /// targets of symbolic links.
    ///
    /// Call this after removing a token. No process then still writes data derived from the token,
    /// because later processes find the token missing. The caller must not hold a lock.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`] and [`CacheError::Remove`].
    pub fn wait_for_writers(&self, timeout: Duration) -> Result<Vec<EntryLocation>, CacheError> {
        let mut removed = Vec::new();
        for dir in self.existing_state_dirs() {
            removed.extend(self.wait_for_writers_in(&dir, timeout)?);
        }
        Ok(removed)
    }

    fn wait_for_writers_in(
        &self,
        dir: &Path,
        timeout: Duration,
    ) -> Result<Vec<EntryLocation>, CacheError> {
        let temporary = temporary_files(dir);
        for name in names_in(dir) {
            let is_entry_lock = name.split_once('.').is_some_and(|(_, rest)| rest == "lock");
            // Without effective locks there is nothing to wait for.
            if is_entry_lock && !self.lock(&dir.join(&name), timeout)?.is_effective() {
                return Ok(Vec::new());
            }
        }
        let left = temporary
            .into_iter()
            .filter(|path| is_not_a_directory(path));
        let left: Vec<_> = left.map(EntryLocation::of_file).collect();
        for location in &left {
            self.remove_state_file(location)?;
        }
        Ok(left)
    }

    /// Returns the quarantined files with their keys, sorted by key.
    #[must_use]
    pub fn quarantined_files(&self) -> Vec<(CacheKey, EntryLocation)> {
        self.state_files_named(|suffix| suffix == "corrupt" || suffix.starts_with("corrupt."))
    }

    /// Returns the files named `KEY.SUFFIX` in [`TokenCache::state_dirs`] with their keys, sorted
    /// by key.
    #[must_use]
    pub fn state_files(&self, suffix: &str) -> Vec<(CacheKey, EntryLocation)> {
        self.state_files_named(|found| found == suffix)
    }

    fn state_files_named(
        &self,
        matches_suffix: impl Fn(&str) -> bool,
    ) -> Vec<(CacheKey, EntryLocation)> {
        let parse_name = |path: PathBuf| {
            let (key, suffix) = path.file_name()?.to_str()?.split_once('.')?;
            let is_file = matches_suffix(suffix) && is_not_a_directory(&path);
            let key = key.parse().ok()?;
            is_file.then_some((key, EntryLocation::of_file(path)))
        };
        let dirs = self.state_dirs();
        let paths = dirs
            .iter()
            .flat_map(|dir| names_in(dir).map(|name| dir.join(name)));
        let mut files: Vec<_> = paths.filter_map(parse_name).collect();
        files.sort();
        files
    }
}

pub(crate) fn quarantine_name(key: impl std::fmt::Display) -> String {
    format!("{key}.corrupt")
}

/// Returns false for a missing file. Does not follow symbolic links.
fn is_not_a_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_dir())
}

fn names_in(dir: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}
