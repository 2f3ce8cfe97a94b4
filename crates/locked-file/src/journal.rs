//! Files to which several processes append.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::critical_section::CriticalSection;
use crate::error::LockError;
use crate::lock::{lock, open};
use crate::owner::{check_owner, explain_denied};
use crate::private::check_own_dir;
use crate::read::read_at_most;
use crate::remove::remove_without_following;

/// A file to which several processes append, locked until this value is dropped or the process ends.
///
/// The lock is on the file itself. Therefore an append replaces no file and needs no second one, and takes a
/// fraction of the time of [`write_atomic`](crate::write_atomic) under a
/// [`LockedFile`](crate::LockedFile). Use this for content whose loss after a crash of the system is
/// acceptable: nothing is flushed to disk.
///
/// Readers take no lock. They may find an incomplete record at the end, and during
/// [`replace`](Self::replace) a part of the old content after the new one. On Windows, they cannot read the
/// file while it is locked.
#[derive(Debug)]
#[must_use = "the file is locked until this is dropped"]
pub struct Journal {
    file: File,
    length: u64,
}

impl Journal {
    /// Opens and locks the file at `path`, waiting for at most `timeout`. Calls `pause` between two attempts.
    ///
    /// Creates a missing file with mode 0600 and missing directories with mode 0700. Replaces a symbolic
    /// link. The file and its directory must belong to the effective user, to root, or to the owner of
    /// `trusted_dir`. If the operating system cannot lock the file, this is not an error.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] after `timeout`. [`LockError::Open`] if the file cannot be opened or created, or
    /// is not a regular file.
    pub fn open(
        path: &Path,
        trusted_dir: &Path,
        timeout: Duration,
        pause: impl Fn(Duration),
    ) -> Result<Self, LockError> {
        let cannot_open = |source| LockError::Open {
            path: path.to_owned(),
            source: explain_denied(path, source),
        };
        let mut file = open_own(path, trusted_dir).map_err(cannot_open)?;
        lock(&mut file, path, timeout, pause, |_| {})?;
        let length = file.seek(SeekFrom::End(0)).map_err(cannot_open)?;
        Ok(Self { file, length })
    }

    /// Returns the size of the file in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the content, or `None` if it is larger than `limit` bytes.
    ///
    /// # Errors
    ///
    /// Returns the error of the operating system.
    pub fn read(&mut self, limit: u64) -> io::Result<Option<Vec<u8>>> {
        self.file.rewind()?;
        read_at_most(limit, &self.file, self.length)
    }

    /// Appends `record` in one write. A full disk may cut it short.
    ///
    /// # Errors
    ///
    /// Returns the error of the operating system.
    pub fn append(&mut self, record: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(record)?;
        self.length += record.len() as u64;
        Ok(())
    }

    /// Overwrites the content, then shortens the file. After a crash of the process in between, the rest of
    /// the old content follows the new one.
    ///
    /// # Errors
    ///
    /// Returns the error of the operating system.
    pub fn replace(&mut self, content: &[u8]) -> io::Result<()> {
        let _section = CriticalSection::begin();
        let length = content.len() as u64;
        self.file.rewind()?;
        self.file.write_all(content)?;
        self.file.set_len(length)?;
        self.length = length;
        Ok(())
    }
}

fn open_own(path: &Path, trusted_dir: &Path) -> io::Result<File> {
    check_own_dir(path.parent().unwrap_or(Path::new("")), trusted_dir)?;
    let file = match open(path) {
        Err(_) if path.is_symlink() => {
            remove_without_following(path)?;
            open(path)
        }
        opened => opened,
    }?;
    check_owner(path, &file.metadata()?, trusted_dir)?;
    Ok(file)
}
