//! Directories for locks, temporary files and quarantined files.
//!
//! Usually, this is [`TokenCache::state_dir`] in the directory of the tokens. There are two
//! exceptions, in which a directory of the same name is used:
//!
//! - A token or registration that is a symbolic link: beside the file that the link leads to. Two
//!   users of that file, each with a link or a directory of their own, then take the same lock.
//! - Role credentials, if files cannot be created in the usual directory or cannot be moved from it:
//!   in the directory of the role credentials.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use locked_file::{can_replace_from, linked_file};

use crate::cache::TokenCache;
use crate::entry::{Directory, Entry};
use crate::key::CacheKey;
use crate::location::{EntryLocation, STATE_DIR_NAME};
use crate::token::CachedToken;

/// Paths for the changes of one entry.
#[derive(Debug)]
pub(crate) struct Staging {
    /// The file of the entry, after symbolic links if the lock is beside their target.
    pub(crate) file: PathBuf,
    /// The directory for the lock and for temporary files.
    pub(crate) state_dir: PathBuf,
}

impl Staging {
    /// Returns the path of the lock of the entry with this suffix. It differs from the name of the
    /// file only in the extension.
    pub(crate) fn lock(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(self.file.file_stem().unwrap_or_default());
        name.push(".");
        name.push(suffix);
        self.state_dir.join(name)
    }
}

impl TokenCache {
    /// Returns the directories in which this cache may have quarantined files: [`state_dir`], and
    /// the one for role credentials. They need not exist.
    ///
    /// [`state_dir`]: TokenCache::state_dir
    #[must_use]
    pub fn state_dirs(&self) -> [PathBuf; 2] {
        [
            self.state_dir().to_owned(),
            self.dir(Directory::Cli).join(STATE_DIR_NAME),
        ]
    }

    /// Returns the keys whose tokens have different locks. Omits a key whose token is the file of
    /// an earlier one, through a symbolic link: the second lock would wait for the first.
    #[must_use]
    pub fn with_different_locks<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k CacheKey>,
    ) -> Vec<&'k CacheKey> {
        let mut locks = BTreeSet::new();
        let keys = keys.into_iter();
        keys.filter(|key| locks.insert(self.token_lock(key)))
            .collect()
    }

    /// Returns a path that is equal for equal locks.
    fn token_lock(&self, key: &CacheKey) -> PathBuf {
        let staging = self.staging_of::<CachedToken>(key);
        let name = staging.lock("lock");
        resolved(
            &staging
                .file
                .with_file_name(name.file_name().unwrap_or_default()),
        )
    }

    pub(crate) fn staging_of<T: Entry>(&self, key: &CacheKey) -> Staging {
        let file = self.location_of::<T>(key).path().to_owned();
        let shared = match T::DIRECTORY {
            Directory::Sso => beside_target(&file),
            Directory::Cli => None,
        };
        shared.unwrap_or_else(|| Staging {
            state_dir: self.state_dir_for(T::DIRECTORY),
            file,
        })
    }

    /// Returns the directory in which the entry at `location` is quarantined.
    pub(crate) fn quarantine_dir(&self, location: &EntryLocation) -> PathBuf {
        let is_in_cli_dir = location.path().parent() == Some(self.dir(Directory::Cli));
        self.state_dir_for(if is_in_cli_dir {
            Directory::Cli
        } else {
            Directory::Sso
        })
    }

    fn state_dir_for(&self, directory: Directory) -> PathBuf {
        let [usual, of_roles] = self.state_dirs();
        let dir = self.dir(directory);
        let is_usual = match directory {
            Directory::Sso => true,
            // If neither can be used, an error names the usual one.
            Directory::Cli => can_replace_from(&usual, dir) || !can_replace_from(&of_roles, dir),
        };
        if is_usual { usual } else { of_roles }
    }

    /// Returns the directories in which this cache may have quarantined files: those of
    /// [`state_dirs`](Self::state_dirs), and those of the targets of symbolic links, for a file that is
    /// too large to be moved to another file system.
    pub(crate) fn quarantine_dirs(&self) -> Vec<PathBuf> {
        let links = self.links().into_iter();
        let targets = links.filter_map(|link| Some(linked_file(&link)?.parent()?.to_owned()));
        existing(self.state_dirs().into_iter().chain(targets))
    }

    /// Returns the existing directories in which this cache may have temporary files. A file on another
    /// file system than its state directory has its temporary files in its own directory.
    pub(crate) fn temporary_dirs(&self) -> Vec<PathBuf> {
        let entries = [Directory::Sso, Directory::Cli].map(|dir| self.dir(dir).to_owned());
        let dirs = self.existing_state_dirs().into_iter();
        existing(dirs.chain(self.quarantine_dirs()).chain(entries))
    }

    /// Returns the existing locks of entries, without those of sign-ins and of state files.
    pub(crate) fn entry_locks(&self) -> Vec<PathBuf> {
        let in_dir = |dir: PathBuf| {
            let names = names_in(&dir).filter(|name| is_entry_lock(name));
            names.map(|name| dir.join(name)).collect::<Vec<_>>()
        };
        let in_dirs = self.existing_state_dirs().into_iter().flat_map(in_dir);
        // The name of a target may contain periods.
        let links = self.links().into_iter();
        let beside = links.filter_map(|link| Some(beside_target(&link)?.lock("lock")));
        let mut known = BTreeSet::new();
        let locks = in_dirs.chain(beside.filter(|lock| lock.exists()));
        locks.filter(|lock| known.insert(resolved(lock))).collect()
    }

    /// Returns the existing directories in which this cache may have locks: those of
    /// [`state_dirs`](Self::state_dirs), and those beside the targets of symbolic links.
    fn existing_state_dirs(&self) -> Vec<PathBuf> {
        let links = self.links().into_iter();
        let beside = links.filter_map(|link| Some(beside_target(&link)?.state_dir));
        existing(self.state_dirs().into_iter().chain(beside))
    }

    /// Returns the symbolic links in the directories of entries.
    fn links(&self) -> Vec<PathBuf> {
        let dirs = [Directory::Sso, Directory::Cli].map(|dir| fs::read_dir(self.dir(dir)));
        let entries = dirs.into_iter().flatten().flatten().flatten();
        let links = entries.filter(|entry| entry.file_type().is_ok_and(|found| found.is_symlink()));
        links.map(|link| link.path()).collect()
    }
}

/// Returns the directories that exist, without repetitions.
fn existing(dirs: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut known = BTreeSet::new();
    dirs.filter(|dir| dir.canonicalize().is_ok_and(|dir| known.insert(dir)))
        .collect()
}

/// Returns true for the lock of a key. The locks of its sign-in and of its state files have a suffix
/// before the extension.
fn is_entry_lock(name: &str) -> bool {
    name.split_once('.').is_some_and(|(_, rest)| rest == "lock")
}

/// Returns a path that is equal for equal files. Does not follow a link in the last component.
fn resolved(path: &Path) -> PathBuf {
    let dir = path.parent().unwrap_or(Path::new("."));
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    dir.join(path.file_name().unwrap_or_default())
}

pub(crate) fn names_in(dir: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

/// Returns `None` if `file` is not a symbolic link, or if its target cannot be replaced.
fn beside_target(file: &Path) -> Option<Staging> {
    let target = linked_file(file)?;
    let dir = target.parent()?;
    let state_dir = dir.join(STATE_DIR_NAME);
    can_replace_from(&state_dir, dir).then_some(Staging {
        state_dir,
        file: target,
    })
}
