//! Temporary files that replace other files.

use std::fs::{self, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use crate::clock;
use crate::error::WriteError;
use crate::owner::explain_denied;
use crate::private::{allow_owner, check_writable, create_private_dir, open_itself};
use crate::target::dir_of;

const PREFIX: &str = ".locked-file-";
const SUFFIX: &str = ".tmp";

/// Age above which a temporary file counts as left behind by a process that was killed.
const STALE_AFTER: Duration = Duration::from_secs(60 * 60);

/// Creates an empty temporary file with mode 0600 in `dir`, and removes stale temporary files. Locks
/// the file, to show that this process is alive: see [`is_in_use`].
pub(crate) fn temporary_in(dir: &Path) -> Result<NamedTempFile, WriteError> {
    create_dir(dir)?;
    let temporary = temporary_file(dir).map_err(WriteError::cannot_create_files(dir))?;
    // Not all file systems have locks.
    let _ = temporary.as_file().try_lock();
    if let Ok(metadata) = temporary.as_file().metadata() {
        allow_owner(0o600, temporary.as_file(), &metadata);
        remove_stale(dir, &metadata);
    }
    Ok(temporary)
}

/// Creates an empty temporary file in the existing directory `dir`. An error about the directory is that
/// of the operating system, without the name of the temporary file.
pub(crate) fn temporary_file(dir: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let created = builder.prefix(PREFIX).suffix(SUFFIX).tempfile_in(dir);
    created.map_err(|error| check_writable(dir).err().unwrap_or(error))
}

/// Keeps those that are known to be in use. Compares only timestamps of the file system, since the clock
/// of a file server may differ from the local clock. Ignores errors.
fn remove_stale(dir: &Path, newest: &Metadata) {
    let Ok(now) = newest.modified() else {
        return;
    };
    for path in temporary_files(dir) {
        if is_older(&path, now) && is_in_use(&path) != Some(true) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Returns the temporary files in `dir`: those of writes in progress, and those of processes that
/// were killed during a write.
#[must_use]
pub fn temporary_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_ours = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    };
    entries.filter(is_ours).map(|entry| entry.path()).collect()
}

/// Returns whether the process that writes the temporary file at `path` is alive: it holds a lock on the
/// file. Returns `None` if this is unknown, because the file cannot be opened or locked.
#[must_use]
pub fn is_in_use(path: &Path) -> Option<bool> {
    // The open of a device may have an effect.
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return Some(false);
    }
    // A shared lock needs no permission to write.
    match open_itself(path).ok()?.try_lock_shared() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

/// Returns true if the temporary file at `path` is more than an hour old, so that its process was
/// probably killed. Creates a temporary file beside it, to compare only timestamps of the file system.
#[must_use]
pub fn is_stale(path: &Path) -> bool {
    let newest = temporary_file(dir_of(path)).and_then(|file| file.as_file().metadata());
    let now = newest.and_then(|metadata| metadata.modified());
    now.is_ok_and(|now| is_older(path, now))
}

fn is_older(path: &Path, now: SystemTime) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    let age = modified.ok().and_then(|at| now.duration_since(at).ok());
    age.is_some_and(|age| age > STALE_AFTER)
}

/// Renames `temporary` to `target`. Retries for half a second on Windows, which does not replace a
/// file while another process reads it.
pub(crate) fn persist(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    let mut temporary = temporary.into_temp_path();
    let mut pause = Duration::from_millis(1);
    loop {
        match temporary.persist(target) {
            Err(refused) if is_being_read(&refused.error) && pause.as_millis() < 500 => {
                temporary = refused.path;
                clock::sleep(pause);
                pause *= 2;
            }
            persisted => return persisted.map_err(|refused| refused.error),
        }
    }
}

fn is_being_read(error: &io::Error) -> bool {
    cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied
}

pub(crate) fn create_dir(dir: &Path) -> Result<(), WriteError> {
    create_private_dir(dir).map_err(|source| WriteError::CreateDir {
        path: dir.to_owned(),
        source: explain_denied(dir, source),
    })
}
