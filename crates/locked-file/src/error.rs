//! The errors of locking, reading and writing.

use std::io;
use std::path::{Path, PathBuf};

use crate::holder::Holder;
use crate::private::is_link_loop;

/// An error of [`LockedFile::acquire`](crate::LockedFile::acquire).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// The lock file can be neither opened nor created, or is not a regular file.
    #[error("cannot open the lock file {path}")]
    Open {
        /// The lock file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The system refused to lock the file, although the file system has locks.
    #[error("cannot lock {path}")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// Another process held the lock until the timeout.
    #[error("{path} is still locked by {}", holder.as_ref().map_or_else(|| "another process".to_owned(), Holder::to_string))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The process that holds it, if the lock file names it.
        holder: Option<Holder>,
    },
}

impl LockError {
    /// Returns the lock file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Open { path, .. } | Self::Lock { path, .. } | Self::Held { path, .. } => path,
        }
    }

    /// Returns true if another process holds the lock.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

/// An error of reading a file that exists.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The path is a directory, a pipe or a device.
    #[error("{path} is no regular file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Symbolic links form a cycle.
    #[error("{path} is a symbolic link that leads nowhere")]
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
    /// The system refused to read it.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
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

    /// Returns the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::NotAFile { path }
            | Self::LinkLoop { path }
            | Self::TooLarge { path, .. }
            | Self::Unreadable { path, .. } => path,
        }
    }

    /// Returns true if the file itself, or its permissions, is the problem, so that another attempt
    /// would fail too. Returns false for a temporary failure of the system.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NotAFile { .. } | Self::LinkLoop { .. } | Self::TooLarge { .. } => true,
            Self::Unreadable { source, .. } => source.kind() == io::ErrorKind::PermissionDenied,
        }
    }
}

/// An error of writing a file. The previous content of the file is unharmed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A missing directory of the path cannot be created.
    #[error("cannot make the folder {path}")]
    CreateDir {
        /// The directory.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The directory does not allow temporary files, or renames in it.
    #[error("cannot make files in {path}")]
    Prepare {
        /// The directory.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The path is not a regular file.
    #[error("{path} is no regular file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The content could not be written or renamed into place.
    #[error("cannot write {path}")]
    Write {
        /// The file to be replaced.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

impl WriteError {
    pub(crate) fn cannot_create_files(dir: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = dir.to_owned();
        |source| Self::Prepare { path, source }
    }

    pub(crate) fn cannot_write(target: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = target.to_owned();
        |source| Self::Write { path, source }
    }

    /// Returns the file or directory that the error is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::CreateDir { path, .. }
            | Self::Prepare { path, .. }
            | Self::NotAFile { path }
            | Self::Write { path, .. } => path,
        }
    }
}
