//! Removal of entries, quarantined files and temporary files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::quarantine::quarantine;
use locked_file::{
    HardLinks, is_in_use, is_stale, remove_file, remove_without_following, temporary_files,
};

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::key::CacheKey;
use crate::location::EntryLocation;
use crate::state_dir::names_in;

/// A quarantined entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuarantinedEntry {
    /// Its new location.
    pub location: EntryLocation,
    /// True if only the first MiB could be kept, because the file cannot be moved.
    pub is_truncated: bool,
}

/// A removed name of a file: see [`TokenCache::remove_name`].
#[derive(Debug)]
pub struct RemovedName {
    path: PathBuf,
    file: (u64, u64),
    /// Number of other names at the time of the removal.
    others: u64,
}

/// Result of [`TokenCache::wait_for_writers`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct WriterWait {
    /// Removed temporary files of crashed processes.
    pub removed: Vec<EntryLocation>,
    /// Temporary files that are kept, because a process that holds a lock, or that takes none, may still
    /// write them.
    pub kept: Vec<EntryLocation>,
    /// Errors of locks that were not acquired, and of files that were not removed.
    pub errors: Vec<CacheError>,
}

impl TokenCache {
    /// Removes the entry at `location` and flushes the removal to disk. A missing entry is not an
    /// error. For a symbolic link, removes the target and leaves the link. Reports other hard links.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove(&self, location: &EntryLocation) -> Result<(), CacheError> {
        let removed = self.remove_name(location)?;
        self.report_other_names(removed);
        Ok(())
    }

    /// Does the same as [`remove`](Self::remove), but returns the removed name instead of reporting other
    /// hard links, which the caller may remove, too. `None` if their number is unknown.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove_name(&self, location: &EntryLocation) -> Result<Option<RemovedName>, CacheError> {
        let path = location.path();
        let links = HardLinks::of(path);
        remove_file(path).map_err(|source| CacheError::Remove {
            location: location.clone(),
            source,
        })?;
        // A file that cannot be removed is emptied, under all its names.
        let links = links.filter(|_| !path.exists());
        Ok(links.map(|links| RemovedName {
            path: path.to_owned(),
            file: links.file,
            others: links.count.saturating_sub(1),
        }))
    }

    /// Reports each file of which other hard links remain ([`CacheEvent::RemovedHardLink`]), with the
    /// first of its removed names. The names are in the order of their removal.
    pub fn report_other_names(&self, removed: impl IntoIterator<Item = RemovedName>) {
        let mut files: Vec<RemovedName> = Vec::new();
        for name in removed {
            match files.iter_mut().find(|known| known.file == name.file) {
                Some(known) => known.others = name.others,
                None => files.push(name),
            }
        }
        for RemovedName { path, .. } in files.into_iter().filter(|name| name.others > 0) {
            self.report(CacheEvent::RemovedHardLink { path });
        }
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
    /// `KEY.corrupt.2` to `KEY.corrupt.9`, and returns its new location. A large file on another file
    /// system gets this name in its own directory.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn quarantine(&self, location: &EntryLocation) -> Result<QuarantinedEntry, CacheError> {
        let name = location.path().file_stem().unwrap_or_default();
        let name = quarantine_name(name.to_string_lossy());
        let quarantined = quarantine(location.path(), &self.quarantine_dir(location), &name)?;
        Ok(QuarantinedEntry {
            location: EntryLocation::of_file(quarantined.path),
            is_truncated: quarantined.is_truncated,
        })
    }

    /// Waits until all locks that are held now, except those of sign-ins, are released: at most
    /// `timeout` for the first that is not, and no longer for the others. Then removes the temporary
    /// files that existed before the wait and belong to crashed processes. If a lock was not acquired, or
    /// the file system does not support locks, keeps those that are less than an hour old and of which it
    /// is unknown whether their process is alive. Includes the locks and temporary files beside the
    /// targets of symbolic links.
    ///
    /// Call this after removing a token. No process then still writes data derived from the token,
    /// because later processes find the token missing. The caller must not hold a lock.
    #[must_use]
    pub fn wait_for_writers(&self, timeout: Duration) -> WriterWait {
        let dirs = self.temporary_dirs().into_iter();
        let temporary: Vec<_> = dirs.flat_map(|dir| temporary_files(&dir)).collect();
        let mut wait = WriterWait::default();
        let are_acquired = self.wait_for_locks(timeout, &mut wait.errors);
        for path in temporary.into_iter().filter(|it| is_not_a_directory(it)) {
            let is_kept = is_in_use(&path).unwrap_or_else(|| !are_acquired && !is_stale(&path));
            let location = EntryLocation::of_file(path);
            if is_kept {
                wait.kept.push(location);
            } else if let Err(error) = self.remove_state_file(&location) {
                wait.errors.push(error);
            } else {
                wait.removed.push(location);
            }
        }
        if are_acquired {
            // Without a held lock, a process is writing a state file.
            wait.kept.clear();
        }
        wait
    }

    /// Returns whether all locks were acquired. Does not wait for others if one has no effect.
    fn wait_for_locks(&self, timeout: Duration, errors: &mut Vec<CacheError>) -> bool {
        let mut timeout = timeout;
        let mut are_acquired = true;
        for path in self.entry_locks() {
            match self.lock(&path, timeout) {
                Ok(lock) if lock.is_effective() => {}
                Ok(_) => return false,
                Err(error) => {
                    are_acquired = false;
                    if error.is_locked() {
                        timeout = Duration::ZERO;
                    }
                    errors.push(error);
                }
            }
        }
        are_acquired
    }

    /// Returns the quarantined files with their keys, sorted by key.
    #[must_use]
    pub fn quarantined_files(&self) -> Vec<(CacheKey, EntryLocation)> {
        let is_quarantined = |suffix: &str| suffix == "corrupt" || suffix.starts_with("corrupt.");
        files_named(is_quarantined, &self.quarantine_dirs())
    }

    /// Returns the files named `KEY.SUFFIX` in [`TokenCache::state_dirs`] with their keys, sorted
    /// by key.
    #[must_use]
    pub fn state_files(&self, suffix: &str) -> Vec<(CacheKey, EntryLocation)> {
        files_named(|found| found == suffix, &self.state_dirs())
    }
}

/// Returns the files in `dirs` that are named after a key, with a suffix that matches.
fn files_named(
    matches_suffix: impl Fn(&str) -> bool,
    dirs: &[PathBuf],
) -> Vec<(CacheKey, EntryLocation)> {
    let parse_name = |path: PathBuf| {
        let (key, suffix) = path.file_name()?.to_str()?.split_once('.')?;
        let is_file = matches_suffix(suffix) && is_not_a_directory(&path);
        let key = key.parse().ok()?;
        is_file.then_some((key, EntryLocation::of_file(path)))
    };
    let paths = dirs
        .iter()
        .flat_map(|dir| names_in(dir).map(|name| dir.join(name)));
    let mut files: Vec<_> = paths.filter_map(parse_name).collect();
    files.sort();
    files
}

pub(crate) fn quarantine_name(key: impl std::fmt::Display) -> String {
    format!("{key}.corrupt")
}

/// Returns false for a missing file. Does not follow symbolic links.
fn is_not_a_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_dir())
}
