//! Exclusive advisory locks on files, with a timeout.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::clock;
use crate::error::LockError;
use crate::holder::Holder;
use crate::owner::{check_owner, explain_denied};
use crate::private::{allow_owner, check_own_dir, create_private_dir, open_without_following};

/// Maximum pause between two attempts. The pause starts at 1 ms and doubles.
const MAX_PAUSE: Duration = Duration::from_millis(50);

/// An exclusive lock on a file, held until this value is dropped or the process ends, even if the
/// process is killed.
///
/// The lock file is never deleted, since two processes could then lock two different files with the
/// same name.
#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct LockedFile {
    file: File,
    is_effective: bool,
}

impl LockedFile {
    /// Locks the file at `path`. Waits for at most `timeout` while another process holds the lock.
    ///
    /// Creates a missing file with mode 0600 and missing directories with mode 0700. Calls
    /// `on_wait` once, before the first pause, with the holder if the file names it. While the
    /// lock is held, the file names this process, in text that is not JSON.
    ///
    /// If the operating system cannot lock the file, for example because the file system has no
    /// locks, this is not an error: see [`LockedFile::is_effective`].
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] after `timeout`. [`LockError::Open`] if the file cannot be opened or
    /// created, or is not a regular file; symbolic links are not followed.
    pub fn acquire(
        path: &Path,
        timeout: Duration,
        on_wait: impl FnOnce(Option<&Holder>),
    ) -> Result<Self, LockError> {
        Self::acquire_with_pause(path, timeout, clock::sleep, on_wait)
    }

    /// Locks the file at `path` like [`LockedFile::acquire`], but calls `pause` between two
    /// attempts. `timeout` limits the sum of the pauses; no clock is read.
    ///
    /// # Errors
    ///
    /// The same as [`LockedFile::acquire`].
    pub fn acquire_with_pause(
        path: &Path,
        timeout: Duration,
        pause: impl Fn(Duration),
        on_wait: impl FnOnce(Option<&Holder>),
    ) -> Result<Self, LockError> {
        Self::acquire_opened(path, open(path), timeout, pause, on_wait)
    }

    /// Locks the file at `path` like [`LockedFile::acquire_with_pause`]. The file and its directory
    /// must belong to the effective user, to root, or to the owner of `trusted_dir`, because another
    /// owner could exchange the files that the lock protects.
    ///
    /// # Errors
    ///
    /// The same as [`LockedFile::acquire`]. A [`ForeignOwner`](crate::ForeignOwner) is the cause of
    /// a [`LockError::Open`].
    pub fn acquire_own(
        path: &Path,
        trusted_dir: &Path,
        timeout: Duration,
        pause: impl Fn(Duration),
        on_wait: impl FnOnce(Option<&Holder>),
    ) -> Result<Self, LockError> {
        let dir = path.parent().unwrap_or(Path::new(""));
        let opened = check_own_dir(dir, trusted_dir).and_then(|()| {
            let file = open(path)?;
            check_owner(path, &file.metadata()?, trusted_dir)?;
            Ok(file)
        });
        Self::acquire_opened(path, opened, timeout, pause, on_wait)
    }

    fn acquire_opened(
        path: &Path,
        opened: io::Result<File>,
        timeout: Duration,
        pause: impl Fn(Duration),
        on_wait: impl FnOnce(Option<&Holder>),
    ) -> Result<Self, LockError> {
        let mut file = opened.map_err(|source| LockError::Open {
            path: path.to_owned(),
            source: explain_denied(path, source),
        })?;
        let is_effective = lock(&mut file, path, timeout, pause, on_wait)?;
        if is_effective {
            // The file names the holder only for messages, so an error is ignored.
            let _ = Holder::this_process().write_to(&mut file);
        }
        Ok(Self { file, is_effective })
    }

    /// Returns whether the lock excludes other processes, which is false if the operating system
    /// cannot lock the file.
    #[must_use]
    pub fn is_effective(&self) -> bool {
        self.is_effective
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        if self.is_effective {
            // The file must not name this process while another one holds the lock. Closing the
            // file releases the lock.
            let _ = self.file.set_len(0);
        }
    }
}

/// Opens the file at `path`, and creates it and its directories if they are missing.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let file = match open_without_following(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_private_dir(path.parent().unwrap_or(Path::new("")))?;
            open_without_following(path)?
        }
        opened => opened?,
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    allow_owner(0o600, &file, &metadata);
    Ok(file)
}

/// Returns false if the operating system cannot lock the file.
pub(crate) fn lock(
    file: &mut File,
    path: &Path,
    timeout: Duration,
    pause: impl Fn(Duration),
    on_wait: impl FnOnce(Option<&Holder>),
) -> Result<bool, LockError> {
    let mut on_wait = Some(on_wait);
    let mut next_pause = Duration::from_millis(1);
    let mut remaining = timeout;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                continue;
            }
            // NFS without a lock service returns ENOLCK, other file systems ENOTSUP, EINVAL, EPERM,
            // EACCES or EIO. Programs without locks can use all of them.
            Err(TryLockError::Error(_)) => return Ok(false),
        }
        let holder = Holder::read_from(file);
        if remaining.is_zero() {
            let path = path.to_owned();
            return Err(LockError::Held { path, holder });
        }
        if let Some(on_wait) = on_wait.take() {
            on_wait(holder.as_ref());
        }
        let duration = next_pause.min(remaining);
        pause(duration);
        remaining -= duration;
        next_pause = MAX_PAUSE.min(next_pause * 2);
    }
}
