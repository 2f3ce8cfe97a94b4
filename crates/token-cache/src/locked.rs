//! Changing what is cached.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use locked_file::quarantine::{quarantine, quarantined_files};
use locked_file::{Durability, FileMode, LockedFile, PreparedWrite, WriteOptions, narrow_mode};

use crate::entry::Entry;
use crate::fields::Fields;
use crate::leftovers::remove_file;
use crate::{CacheError, CacheKey, Notice, TokenCache};

/// More than a token with its registration ever takes.
const RESERVED: usize = 64 * 1024;

/// The one place where something cached can be changed: held while it is read again, decided
/// upon and written. Given back when dropped.
#[derive(Debug)]
#[must_use = "the lock is given back as soon as it is dropped"]
pub struct Locked<'a, T> {
    cache: &'a TokenCache,
    key: CacheKey,
    path: PathBuf,
    _lock: LockedFile,
    _entry: PhantomData<T>,
}

/// Room for a new entry, which can be saved for sure, as far as a file system can be sure.
#[derive(Debug)]
#[must_use = "nothing is saved before `commit`"]
pub struct Slot<'a, T> {
    prepared: PreparedWrite,
    unknown: Fields,
    _locked: PhantomData<&'a Locked<'a, T>>,
}

impl<'a, T: Entry> Locked<'a, T> {
    pub(crate) fn new(cache: &'a TokenCache, key: CacheKey, lock: LockedFile) -> Self {
        Self {
            path: cache.path_of::<T>(&key),
            cache,
            key,
            _lock: lock,
            _entry: PhantomData,
        }
    }

    /// Returns what is cached at this moment.
    ///
    /// # Errors
    ///
    /// As for [`TokenCache::token`].
    pub fn read(&self) -> Result<Option<T>, CacheError> {
        self.cache.entry(&self.key)
    }

    /// Does all of a write that can fail for want of rights or space: to be called before
    /// something is asked for that is issued only once. Until [`Slot::commit`], no interrupt
    /// ends a process that heeds [`locked_file::critical_section::wait_until_quiescent`].
    ///
    /// A damaged file in the place is set aside. The modes of the folders are narrowed.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`], or [`CacheError::Read`] where it is not known what is there.
    pub fn prepare_write(&self) -> Result<Slot<'_, T>, CacheError> {
        let unknown = self.make_way()?;
        let options = WriteOptions::new(FileMode::Private)
            .durability(T::DURABILITY)
            .scratch(self.cache.own_folder());
        let mut prepared = PreparedWrite::prepare(&self.path, &options)?;
        self.narrow(T::folder(self.cache));
        self.narrow(self.cache.own_folder());
        if T::DURABILITY == Durability::Synced {
            prepared.reserve(RESERVED)?;
        }
        Ok(Slot {
            prepared,
            unknown,
            _locked: PhantomData,
        })
    }

    /// Removes what is cached, and damaged files of the same key that were set aside. Nothing
    /// there is fine. Behind a symbolic link, what it leads to is removed, and the link stays.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn remove(&self) -> Result<(), CacheError> {
        for path in quarantined_files(self.cache.own_folder(), &self.aside_name()) {
            remove_file(&path)?;
        }
        remove_file(&self.path)
    }

    /// Sets aside what is no entry; returns the unknown fields of what is one.
    fn make_way(&self) -> Result<Fields, CacheError> {
        match self.cache.read::<T>(&self.path) {
            Ok(found) => Ok(found.map(|(_, unknown)| unknown).unwrap_or_default()),
            Err(error) if error.is_damaged() => {
                let to = quarantine(&self.path, self.cache.own_folder(), &self.aside_name())?;
                let path = self.path.clone();
                self.cache.notify(Notice::SetAside { path, to });
                Ok(Fields::default())
            }
            Err(error) => Err(error),
        }
    }

    fn aside_name(&self) -> String {
        format!("{}.corrupt", self.key)
    }

    fn narrow(&self, folder: &Path) {
        if let Some(from) = narrow_mode(folder) {
            let path = folder.to_owned();
            self.cache.notify(Notice::ModeNarrowed { path, from });
        }
    }
}

impl<T: Entry> Slot<'_, T> {
    /// Saves `entry` in place of what was there. Fields of the old file that are unknown here
    /// survive.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`]; what was there is then unharmed.
    pub fn commit(mut self, entry: &T) -> Result<(), CacheError> {
        entry.put_into(&mut self.unknown);
        Ok(self.prepared.commit(&self.unknown.to_json())?)
    }
}
