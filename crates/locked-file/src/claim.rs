//! Claims: files that only one process creates, also on a file system without locks.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::private::{check_own_dir, create_private_dir};

/// A file that this process has created, removed on drop. Another process cannot create it until
/// then, unless this process needs longer than the maximum age of a claim.
///
/// A process must check [`is_held`](Self::is_held) after it has saved the result of its claim.
#[derive(Debug)]
#[must_use = "the claim is released when this is dropped"]
pub struct Claim {
    path: PathBuf,
    file: File,
}

impl Claim {
    /// Creates the file at `path`, in a directory that belongs to this process like that of
    /// [`LockedFile::acquire_own`](crate::LockedFile::acquire_own). Returns `None` if it exists.
    ///
    /// Removes a file whose time is at least `max_age` before or after `now`, which a process that was
    /// killed has left behind, so that the next call can create it.
    ///
    /// # Errors
    ///
    /// The error of the operating system, for example if the directory is read-only, or if a file that
    /// was left behind cannot be removed, such as a directory.
    pub fn acquire(
        path: &Path,
        trusted_dir: &Path,
        now: SystemTime,
        max_age: Duration,
    ) -> io::Result<Option<Self>> {
        let dir = path.parent().unwrap_or(Path::new(""));
        check_own_dir(dir, trusted_dir)?;
        create_private_dir(dir)?;
        match create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if is_old(path, now, max_age) {
                    remove(path)?;
                }
                Ok(None)
            }
            created => {
                let file = created?;
                file.set_modified(now)?;
                let path = path.to_owned();
                Ok(Some(Self { path, file }))
            }
        }
    }

    /// Returns false if another process has removed the file because of its age.
    #[must_use]
    pub fn is_held(&self) -> bool {
        let found = fs::symlink_metadata(&self.path);
        found.is_ok_and(|found| is_same(&self.file, &found))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.is_held() {
            // If it cannot be removed, it becomes old.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Another process may have removed it first.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn is_old(path: &Path, now: SystemTime, max_age: Duration) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|found| found.modified());
    modified.is_ok_and(|at| {
        let age = now.duration_since(at).or_else(|_| at.duration_since(now));
        age.is_ok_and(|age| age >= max_age)
    })
}

/// The inode is not used again while the file is open.
#[cfg(unix)]
fn is_same(file: &File, found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().is_ok_and(|own| id(&own) == id(found))
}

#[cfg(not(unix))]
fn is_same(_: &File, _: &fs::Metadata) -> bool {
    true
}
