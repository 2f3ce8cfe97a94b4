//! Changes to one entry under its lock.

use std::marker::PhantomData;
use std::path::Path;

use locked_file::quarantine::quarantined_files;
use locked_file::{
    Durability, FileMode, LockedFile, PreparedWrite, WriteOptions, Written, narrow_mode,
};

use crate::cache::TokenCache;
use crate::entry::Entry;
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::fields::Fields;
use crate::key::CacheKey;
use crate::location::EntryLocation;
use crate::removal::quarantine_name;
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
    _locked: PhantomData<&'a Locked<'a, T>>,
}

impl<'a, T: Entry> Locked<'a, T> {
    pub(crate) fn new(cache: &'a TokenCache, key: CacheKey, lock: LockedFile) -> Self {
        Self {
            location: cache.location_of::<T>(&key),
            cache,
            key,
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
    /// Reserves no disk space for role credentials, because they can be requested again.
    /// Quarantines a corrupt entry. Removes permissions of group and others from the directories.
    /// Until [`PendingWrite::commit`] returns, the write is a
    /// [`CriticalSection`](locked_file::critical_section::CriticalSection).
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`]; [`CacheError::Read`] if the current entry cannot be read but may be
    /// valid.
    pub fn reserve(&self) -> Result<PendingWrite<'_, T>, CacheError> {
        let unknown = self.unknown_fields()?;
        let options = WriteOptions::new(FileMode::Private)
            .durability(T::DURABILITY)
            .scratch(self.cache.state_dir());
        let mut prepared = PreparedWrite::prepare(self.location.path(), &options)?;
        self.narrow(self.cache.dir(T::DIRECTORY));
        self.narrow(self.cache.state_dir());
        if T::DURABILITY == Durability::Synced {
            prepared.reserve(RESERVED_BYTES)?;
        }
        Ok(PendingWrite {
            cache: self.cache,
            location: self.location.clone(),
            prepared,
            unknown,
            _locked: PhantomData,
        })
    }

    /// Removes the entry, and the quarantined files with the same key. A missing entry is not an
    /// error. If the entry is a symbolic link, removes the target and leaves the link.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove(&self) -> Result<(), CacheError> {
        for path in quarantined_files(self.cache.state_dir(), &quarantine_name(&self.key)) {
            self.cache
                .remove_state_file(&EntryLocation::of_file(path))?;
        }
        self.cache.remove(&self.location)
    }

    /// Quarantines a corrupt entry, and then returns no fields.
    fn unknown_fields(&self) -> Result<Fields, CacheError> {
        match self.cache.read::<T>(&self.location) {
            Ok(found) => Ok(found.map(|(_, unknown)| unknown).unwrap_or_default()),
            Err(error) if error.is_corrupt() => {
                self.quarantine(error)?;
                Ok(Fields::default())
            }
            Err(error) => Err(error),
        }
    }

    /// A file that cannot be moved remains until the write. Its copy is reported only once.
    fn quarantine(&self, error: CacheError) -> Result<(), CacheError> {
        let name = quarantine_name(&self.key);
        let known = quarantined_files(self.cache.state_dir(), &name);
        let to = self.cache.quarantine(&self.location)?;
        let is_known = known.iter().any(|path| path == to.path());
        if !(is_known && self.location.path().exists()) {
            let from = self.location.clone();
            self.cache
                .report(CacheEvent::Quarantined { from, to, error });
        }
        Ok(())
    }

    fn narrow(&self, dir: &Path) {
        if let Some(previous_mode) = narrow_mode(dir) {
            self.cache.report(CacheEvent::PermissionsNarrowed {
                path: dir.to_owned(),
                previous_mode,
            });
        }
    }
}

impl<T: Entry> PendingWrite<'_, T> {
    /// Saves `entry` and keeps the unknown fields of the previous entry.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`]. The previous entry is then unchanged, unless its file was
    /// overwritten.
    pub fn commit(self, entry: &T) -> Result<(), CacheError> {
        self.commit_if(entry, || Ok(()))
    }

    fn commit_if(
        mut self,
        entry: &T,
        check: impl FnOnce() -> Result<(), CacheError>,
    ) -> Result<(), CacheError> {
        entry.put_into(&mut self.unknown);
        let written = self.prepared.commit_if(&self.unknown.to_json(), check)?;
        if let Written::InPlace(Some(error)) = written {
            let error = error.into();
            self.cache.report(CacheEvent::WrittenInPlace { error });
        }
        Ok(())
    }
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
        self.commit_if(new, || match cache.read::<CachedToken>(&location) {
            Ok(Some((found, _))) if found.access_token == old.access_token => Ok(()),
            Ok(_) => Err(CacheError::ChangedDuringRefresh { location }),
            // A file that cannot be read contains no token that could be kept.
            Err(_) => Ok(()),
        })
    }
}
