//! Errors of locking, reading and writing.

use std::io;
use std::path::{Path, PathBuf};

use crate::holder::Holder;
use crate::owner::{copy_of, explain_denied};
use crate::private::is_link_loop;

/// Error returned by [`LockedFile::acquire`](crate::LockedFile::acquire).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// The lock file cannot be opened or created, or is not a regular file.
    #[error("cannot open the lock file {path}")]
    Open {
        /// The lock file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Another process held the lock until the timeout.
    #[error("{path} is still locked by {}", holder.as_ref().map_or_else(|| "another process".to_owned(), Holder::to_string))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The process that holds the lock, if the lock file names it.
        holder: Option<Holder>,
    },
}

impl LockError {
    /// Returns the path of the lock file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Open { path, .. } | Self::Held { path, .. } => path,
        }
    }

    /// Returns whether another process holds the lock.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

/// Error returned if an existing file cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The path is not a regular file: for example, it is a directory, a pipe or a device.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The path is a pipe that no process has written to.
    #[error("{path} is a pipe, and no process has written to it")]
    NoWriter {
        /// The path.
        path: PathBuf,
    },
    /// Symbolic links form a cycle.
    #[error("{path} is a symbolic link in a cycle of links")]
    LinkLoop {
        /// The first link.
        path: PathBuf,
    },
    /// The file is larger than the limit.
    #[error("{path} is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// The operating system cannot read the file.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
}

impl ReadError {
    pub(crate) fn unreadable(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if is_link_loop(&source) {
            Self::LinkLoop { path }
        } else {
            Self::Unreadable { path, source }
        }
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::NotAFile { path }
            | Self::NoWriter { path }
            | Self::LinkLoop { path }
            | Self::TooLarge { path, .. }
            | Self::Unreadable { path, .. } => path,
        }
    }

    /// Returns whether a retry would fail too, since the cause is the file or its permissions.
    /// Other errors of the operating system may be temporary.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NotAFile { .. }
            | Self::NoWriter { .. }
            | Self::LinkLoop { .. }
            | Self::TooLarge { .. } => true,
            Self::Unreadable { source, .. } => source.kind() == io::ErrorKind::PermissionDenied,
        }
    }
}

/// Keeps the kind, the message and the [`ForeignOwner`](crate::ForeignOwner) of the cause.
impl Clone for ReadError {
    fn clone(&self) -> Self {
        let path = self.path().to_owned();
        match self {
            Self::NotAFile { .. } => Self::NotAFile { path },
            Self::NoWriter { .. } => Self::NoWriter { path },
            Self::LinkLoop { .. } => Self::LinkLoop { path },
            Self::TooLarge { limit, .. } => Self::TooLarge {
                path,
                limit: *limit,
            },
            Self::Unreadable { source, .. } => Self::Unreadable {
                path,
                source: copy_of(source),
            },
        }
    }
}

/// Error returned if a file cannot be written. The file keeps its previous content, unless it
/// cannot be replaced and the disk fails while it is overwritten.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A missing directory of the path cannot be created.
    #[error("cannot create the directory {path}")]
    CreateDir {
        /// The directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The process cannot create or rename files in the directory.
    #[error("cannot create files in {path}")]
    Prepare {
        /// The directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The path is not a regular file.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file cannot be replaced by another one.
    #[error("cannot replace {path}")]
    NotReplaceable {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        obstacle: Obstacle,
    },
    /// The path cannot be resolved, the content cannot be written, or the file cannot be renamed.
    #[error("cannot write {path}")]
    Write {
        /// The file to replace or create.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
}

impl WriteError {
    pub(crate) fn cannot_create_files(dir: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = dir.to_owned();
        |source| Self::Prepare {
            source: explain_denied(&path, source),
            path,
        }
    }

    pub(crate) fn cannot_write(target: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = target.to_owned();
        |source| Self::Write {
            source: explain_denied(&path, source),
            path,
        }
    }

    /// Returns the path of the file or directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::CreateDir { path, .. }
            | Self::Prepare { path, .. }
            | Self::NotAFile { path }
            | Self::NotReplaceable { path, .. }
            | Self::Write { path, .. } => path,
        }
    }
}

/// A reason why a file cannot be replaced. It applies even to a process that has permission to
/// write to the file and to its directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// The file has the attribute `i` of chattr(1).
    #[error("the file is immutable")]
    Immutable,
    /// The file has the attribute `a` of chattr(1).
    #[error("the file is append-only")]
    AppendOnly,
    /// The directory has the attribute `a` of chattr(1): its files cannot be renamed or removed.
    #[error("its directory is append-only")]
    AppendOnlyDirectory,
    /// The file is a mount point, such as a file that is mounted into a container.
    #[error("the file is a mount point")]
    MountPoint,
    /// Another user owns the file, and it can be replaced only by its owner.
    #[error("the file belongs to another user (ID {owner})")]
    OtherOwner {
        /// The user ID of the owner.
        owner: u32,
    },
}
