//! Owners of files and directories.
//!
//! A process trusts a file of its effective user, of root, and of the owner of a directory that the
//! caller names. That owner can replace every file below the directory anyway. This includes a
//! container whose root user uses the mounted files of another user, and a file system that does not
//! record owners and reports the same owner for all files. Windows has no such check.

use std::error::Error;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use crate::cause;
use crate::immutable::Immutable;
use crate::subject::Subject;

/// A file or directory of another user, as the cause of an [`io::Error`].
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} is owned by {}", Subject::of(path, *is_subject), name_of(*owner))]
#[non_exhaustive]
pub struct ForeignOwner {
    /// The file or directory.
    pub path: PathBuf,
    /// The user ID of its owner.
    pub owner: u32,
    /// The effective user ID of this process.
    pub user: u32,
    /// True if the error of which this is the cause is about the same path.
    is_subject: bool,
}

impl ForeignOwner {
    /// Returns the foreign owner among the causes of `error`, if there is one.
    #[must_use]
    pub fn in_causes_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        cause::in_causes_of(error)
    }

    /// Returns true if the owner is root, which can access all files.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.owner == 0
    }

    /// Returns the cause of an error about `path`.
    fn in_error_about(self, path: &Path) -> Self {
        Self {
            is_subject: self.path == path,
            ..self
        }
    }

    fn into_error(self) -> io::Error {
        io::Error::new(io::ErrorKind::PermissionDenied, self)
    }
}

/// Other names than that of root would require a lookup in a user database.
fn name_of(user: u32) -> String {
    match user {
        0 => "root".to_owned(),
        user => format!("user ID {user}"),
    }
}

/// Returns the owner of the file or directory at `path` if this process does not trust it: it is
/// neither the effective user nor root nor the owner of `trusted_dir`. Follows symbolic links.
/// Always returns `None` on Windows.
#[must_use]
pub fn foreign_owner(path: &Path, trusted_dir: &Path) -> Option<ForeignOwner> {
    let metadata = std::fs::metadata(path).ok()?;
    foreign_owner_of(path, &metadata, trusted_dir)
}

/// Fails if this process does not trust the owner of an open file: see [`foreign_owner`].
pub(crate) fn check_owner(path: &Path, metadata: &Metadata, trusted_dir: &Path) -> io::Result<()> {
    match foreign_owner_of(path, metadata, trusted_dir) {
        Some(owner) => Err(owner.into_error()),
        None => Ok(()),
    }
}

/// The system call for the effective user is the only one unless the owner is another user.
fn foreign_owner_of(path: &Path, metadata: &Metadata, trusted_dir: &Path) -> Option<ForeignOwner> {
    let foreign = of_another_user(path, metadata)?;
    let is_trusted = || {
        let trusted = std::fs::metadata(trusted_dir).ok();
        trusted.and_then(|dir| owner_of(&dir)) == Some(foreign.owner)
    };
    (!foreign.is_root() && !is_trusted()).then_some(foreign)
}

/// Returns an error with the reason in place of `error` if the operating system denied access to
/// `path`: a [`ForeignOwner`] if it, or the nearest directory above it that can be inspected, belongs
/// to another user, or an [`Immutable`] file or directory. Returns other errors unchanged.
///
/// The message does not repeat `path`: show it after a message that contains `path`.
#[must_use]
pub fn explain_denied(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    if let Some(owner) = ForeignOwner::in_causes_of(&error) {
        return owner.clone().in_error_about(path).into_error();
    }
    let found = path.ancestors().find_map(|ancestor| {
        let metadata = std::fs::symlink_metadata(ancestor).ok()?;
        Some((ancestor, metadata))
    });
    let Some((found, metadata)) = found else {
        return error;
    };
    if let Some(owner) = of_another_user(found, &metadata) {
        return owner.in_error_about(path).into_error();
    }
    let immutable = Immutable::explaining(&error, path, found);
    immutable.map_or(error, Immutable::into_error)
}

/// Returns an error with the owner of the directory `dir` if that is another user.
pub(crate) fn foreign_dir_error(dir: &Path) -> Option<io::Error> {
    let metadata = std::fs::metadata(dir).ok()?;
    Some(of_another_user(dir, &metadata)?.into_error())
}

/// Returns an error with the same kind, message and [`ForeignOwner`].
pub(crate) fn copy_of(error: &io::Error) -> io::Error {
    match (error.raw_os_error(), ForeignOwner::in_causes_of(error)) {
        (Some(code), _) => io::Error::from_raw_os_error(code),
        (None, Some(owner)) => owner.clone().into_error(),
        (None, None) => io::Error::new(error.kind(), error.to_string()),
    }
}

/// Returns true if the effective user owns the file or directory. Always true on Windows.
pub(crate) fn is_own(metadata: &Metadata) -> bool {
    of_another_user(Path::new(""), metadata).is_none()
}

fn of_another_user(path: &Path, metadata: &Metadata) -> Option<ForeignOwner> {
    let (owner, user) = (owner_of(metadata)?, effective_user()?);
    (owner != user).then(|| ForeignOwner {
        path: path.to_owned(),
        owner,
        user,
        is_subject: false,
    })
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "Windows has no user IDs")]
fn owner_of(metadata: &Metadata) -> Option<u32> {
    Some(std::os::unix::fs::MetadataExt::uid(metadata))
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "Windows has no user IDs")]
fn effective_user() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn owner_of(_: &Metadata) -> Option<u32> {
    None
}

#[cfg(not(unix))]
fn effective_user() -> Option<u32> {
    None
}
