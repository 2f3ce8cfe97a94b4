//! Changes to one entry under its lock.

use std::marker::PhantomData;
use std::path::Path;

use locked_file::quarantine::quarantined_files;
use locked_file::{
    Durability, FileMode, LockedFile, PreparedWrite, WriteError, WriteOptions, Written, narrow_mode,
};

use crate::cache::TokenCache;
use crate::entry::Entry;
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::fields::Fields;
use crate::key::CacheKey;
use crate::location::EntryLocation;
use crate::removal::quarantine_name;
use crate::state_dir::Staging;
use crate::token::CachedToken;

/// More than the size of a token with its client registration.
const RESERVED_BYTES: usize = 64 * 1024;

/// A locked entry. Read it again before you write it: another process may have changed it during
/// the wait for the lock.
#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct Locked<'a, T> {
    cache: &'a TokenCache,
    key: CacheKey,
    location: EntryLocation,
    staging: Staging,
    _lock: LockedFile,
    _entry: PhantomData<T>,
}

/// A prepared write of an entry.
#[derive(Debug)]
#[must_use = "nothing is saved before `commit`"]
pub struct PendingWrite<'a, T> {
    cache: &'a TokenCache,
    location: EntryLocation,
    prepared: PreparedWrite,
    unknown: Fields,
    /// True if the current entry is corrupt, so that the commit quarantines it.
    replaces_corrupt: bool,
    _locked: PhantomData<&'a Locked<'a, T>>,
}

impl<'a, T: Entry> Locked<'a, T> {
    pub(crate) fn new(
        cache: &'a TokenCache,
        key: CacheKey,
        staging: Staging,
        lock: LockedFile,
    ) -> Self {
        Self {
            location: cache.location_of::<T>(&key),
            cache,
            key,
            staging,
            _lock: lock,
            _entry: PhantomData,
        }
    }

    /// Returns the cached entry, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// The same as [`TokenCache::token`].
    pub fn read(&self) -> Result<Option<T>, CacheError> {
        self.cache.entry(&self.key)
    }

    /// Prepares a write: creates the temporary file, checks that it can replace the entry, and
    /// reserves 64 KiB of disk space. Call this before a request for a token or a registration,
    /// which is issued only once.
    ///
    /// Reserves no disk space for role credentials, because they can be requested again. Leaves a
    /// corrupt entry in its place, because another program may be able to use it; only something
    /// that is not a file is quarantined. Removes permissions of group and others from the
    /// directories. Until [`PendingWrite::commit`] returns, the write is a
    /// [`CriticalSection`](locked_file::critical_section::CriticalSection).
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`]; [`CacheError::Read`] if the current entry cannot be read but may be
    /// valid.
    pub fn reserve(&self) -> Result<PendingWrite<'_, T>, CacheError> {
        PendingWrite::reserve(self.cache, &self.location, &self.staging)
    }

    /// Removes the entry, and the quarantined files with the same key. A missing entry is not an
    /// error. If the entry is a symbolic link, removes the target and leaves the link.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove(&self) -> Result<(), CacheError> {
        let dirs = self.cache.quarantine_dirs();
        let name = quarantine_name(&self.key);
        for path in dirs.iter().flat_map(|dir| quarantined_files(dir, &name)) {
            self.cache
                .remove_state_file(&EntryLocation::of_file(path))?;
        }
        self.cache.remove(&self.location)
    }
}

impl<'a, T: Entry> PendingWrite<'a, T> {
    pub(crate) fn reserve(
        cache: &'a TokenCache,
        location: &EntryLocation,
        staging: &Staging,
    ) -> Result<Self, CacheError> {
        let (unknown, corrupt) = current::<T>(cache, location)?;
        let replaces_corrupt = corrupt.is_some();
        let mut prepared = prepare::<T>(cache, location, staging, corrupt)?;
        narrow(cache, cache.dir(T::DIRECTORY));
        narrow(cache, &staging.state_dir);
        if T::DURABILITY == Durability::Synced {
            prepared.reserve(RESERVED_BYTES)?;
        }
        Ok(Self {
            cache,
            location: location.clone(),
            prepared,
            unknown,
            replaces_corrupt,
            _locked: PhantomData,
        })
    }

    /// Reads the current entry again, which another process may have changed since the reservation.
    pub(crate) fn update(&mut self) {
        if let Ok((unknown, corrupt)) = current::<T>(self.cache, &self.location) {
            self.unknown = unknown;
            self.replaces_corrupt = corrupt.is_some();
        }
    }
}

/// Returns the unknown fields of the current entry, or the reason why it is corrupt.
fn current<T: Entry>(
    cache: &TokenCache,
    location: &EntryLocation,
) -> Result<(Fields, Option<CacheError>), CacheError> {
    match cache.read::<T>(location) {
        Ok(found) => Ok((found.map(|(_, unknown)| unknown).unwrap_or_default(), None)),
        Err(error) if error.is_corrupt() => Ok((Fields::default(), Some(error))),
        Err(error) => Err(error),
    }
}

fn prepare<T: Entry>(
    cache: &TokenCache,
    location: &EntryLocation,
    staging: &Staging,
    corrupt: Option<CacheError>,
) -> Result<PreparedWrite, CacheError> {
    let options = WriteOptions::new(FileMode::Private)
        .durability(T::DURABILITY)
        .scratch(&staging.state_dir);
    let path = &staging.file;
    match (PreparedWrite::prepare(path, &options), corrupt) {
        (Err(WriteError::NotAFile { .. }), Some(error)) => {
            let quarantined = cache.quarantine(location)?;
            cache.report(CacheEvent::Quarantined {
                from: location.clone(),
                to: quarantined.location,
                is_truncated: quarantined.is_truncated,
                error,
            });
            Ok(PreparedWrite::prepare(path, &options)?)
        }
        (prepared, _) => Ok(prepared?),
    }
}

fn narrow(cache: &TokenCache, dir: &Path) {
    if let Some(previous_mode) = narrow_mode(dir) {
        cache.report(CacheEvent::PermissionsNarrowed {
            path: dir.to_owned(),
            previous_mode,
        });
    }
}

impl<T: Entry> PendingWrite<'_, T> {
    /// Saves `entry` and keeps the unknown fields of the previous entry. Quarantines a corrupt
    /// entry. If that is impossible, replaces it ([`CacheEvent::NotQuarantined`]), because the new
    /// entry may be one that cannot be requested again.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`]. The previous entry is then unchanged, unless its file was
    /// overwritten.
    pub fn commit(self, entry: &T) -> Result<(), CacheError> {
        self.commit_after(entry, || Ok(()))
    }

    /// Saves `entry` like [`commit`](Self::commit), if `is_current` returns true, and returns its
    /// result. Calls it right before the change, because tools that take no lock may have changed
    /// the cache since the entry was requested.
    ///
    /// # Errors
    ///
    /// The same as [`commit`](Self::commit).
    pub fn commit_if(
        self,
        entry: &T,
        is_current: impl FnOnce() -> bool,
    ) -> Result<bool, CacheError> {
        let saved = self.commit_after(entry, || {
            is_current().then_some(()).ok_or(Declined::NotCurrent)
        });
        match saved {
            Ok(()) => Ok(true),
            Err(Declined::NotCurrent) => Ok(false),
            Err(Declined::Failed(error)) => Err(error.into()),
        }
    }

    fn commit_after<E: From<WriteError>>(
        mut self,
        entry: &T,
        check: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        entry.put_into(&mut self.unknown);
        let (cache, location) = (self.cache, self.location);
        let replaces_corrupt = self.replaces_corrupt;
        let written = self.prepared.commit_if(&self.unknown.to_json(), || {
            check()?;
            if replaces_corrupt {
                quarantine_corrupt::<T>(cache, &location);
            }
            Ok::<_, E>(())
        })?;
        if let Written::InPlace(Some(error)) = written {
            let error = error.into();
            cache.report(CacheEvent::WrittenInPlace { error });
        }
        Ok(())
    }
}

/// Reason why a write did not happen.
pub(crate) enum Declined {
    NotCurrent,
    Failed(WriteError),
}

impl From<WriteError> for Declined {
    fn from(error: WriteError) -> Self {
        Self::Failed(error)
    }
}

/// Quarantines the entry, unless another program has replaced it meanwhile.
fn quarantine_corrupt<T: Entry>(cache: &TokenCache, location: &EntryLocation) {
    let Some(error) = cache.read::<T>(location).err() else {
        return;
    };
    if !error.is_corrupt() {
        return;
    }
    let from = location.clone();
    cache.report(match cache.quarantine(location) {
        Ok(quarantined) => CacheEvent::Quarantined {
            from,
            to: quarantined.location,
            is_truncated: quarantined.is_truncated,
            error,
        },
        Err(error) => CacheEvent::NotQuarantined { from, error },
    });
}

impl PendingWrite<'_, CachedToken> {
    /// Saves `new` like [`commit`](Self::commit), if the entry still holds the access token of `old`.
    /// A tool without locks may have removed it to sign out, or replaced it.
    ///
    /// # Errors
    ///
    /// The same as [`commit`](Self::commit), and [`CacheError::ChangedDuringRefresh`].
    pub(crate) fn commit_in_place_of(
        self,
        old: &CachedToken,
        new: &CachedToken,
    ) -> Result<(), CacheError> {
        let (cache, location) = (self.cache, self.location.clone());
        self.commit_after(new, || match cache.read::<CachedToken>(&location) {
            Ok(found) if old.is_still_cached(found.as_ref().map(|(token, _)| token)) => Ok(()),
            Ok(_) => Err(CacheError::ChangedDuringRefresh { location }),
            // A file that cannot be read contains no token that could be kept.
            Err(_) => Ok(()),
        })
    }
}
