//! What can go wrong with a file.

use std::io;
use std::path::{Path, PathBuf};

use crate::Holder;
use crate::private::is_link_loop;

/// Why a lock was not had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// The lock file can be neither opened nor made, or is no regular file.
    #[error("cannot open the lock file {path}")]
    Open {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refused to lock, for another reason than a lack of locks.
    #[error("cannot lock {path}")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody else had the lock for all of the time that was to be waited.
    #[error("{path} is still locked by {}", holder.as_ref().map_or_else(|| "another process".to_owned(), Holder::to_string))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, where the lock file tells.
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

    /// Whether somebody else has the lock.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

/// Why a file that is there was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A folder, a pipe or a device is in its place.
    #[error("{path} is no regular file")]
    NotAFile {
        /// Where the file should be.
        path: PathBuf,
    },
    /// Symbolic links lead round in a circle.
    #[error("{path} is a symbolic link that leads nowhere")]
    LinkLoop {
        /// The first link.
        path: PathBuf,
    },
    /// The file is longer than it may be.
    #[error("{path} is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How many bytes it may have.
        limit: u64,
    },
    /// The system refused.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
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

    /// Whether the file itself is wrong, its rights included, so that reading it again is no
    /// use; as opposed to a system that is short of something at the moment.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::NotAFile { .. } | Self::LinkLoop { .. } | Self::TooLarge { .. } => true,
            Self::Unreadable { source, .. } => source.kind() == io::ErrorKind::PermissionDenied,
        }
    }
}

/// Why a file was not written. What was there before is unharmed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A folder on the way to the file is missing and cannot be made.
    #[error("cannot make the folder {path}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No temporary file can be made, or names in the folder cannot be replaced.
    #[error("cannot make files in {path}")]
    Prepare {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The place is taken by something that is no regular file.
    #[error("{path} is no regular file")]
    NotAFile {
        /// Where the file should be.
        path: PathBuf,
    },
    /// The content could not be written, or not put in its place.
    #[error("cannot write {path}")]
    Write {
        /// The file that was to be replaced.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl WriteError {
    pub(crate) fn cannot_make_files(folder: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = folder.to_owned();
        |source| Self::Prepare { path, source }
    }

    pub(crate) fn cannot_write(target: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = target.to_owned();
        |source| Self::Write { path, source }
    }

    /// Returns the file or folder that the system refused.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder { path, .. }
            | Self::Prepare { path, .. }
            | Self::NotAFile { path }
            | Self::Write { path, .. } => path,
        }
    }
}
