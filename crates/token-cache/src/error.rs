//! What can go wrong with the caches.

use std::io;
use std::path::{Path, PathBuf};

use locked_file::{LockError, ReadError, WriteError};

/// Why a cached thing was not read, locked or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The file is there, and is not what it should be.
    #[error("the cache file {path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        damage: Damage,
    },
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The lock was not had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The file was not written, or could not have been.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The folder could not be looked into.
    #[error("cannot list {path}")]
    List {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file was not removed.
    #[error("cannot remove {path}")]
    Remove {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What is wrong with the text of a cache file. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// There is no text.
    #[error("it is empty")]
    Empty,
    /// It is no JSON, or only the beginning of one.
    #[error("it is no JSON from line {line}, column {column} on")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1; 0 for the end of the line before.
        column: usize,
    },
    /// It is JSON, but no object.
    #[error("it is no JSON object")]
    NotAnObject,
    /// A field is missing.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// A field is of the wrong type, or does not hold what its name says.
    #[error("its {0} cannot be read")]
    Malformed(&'static str),
}

impl CacheError {
    /// Whether there is a file that is of no use to anybody, nor will be: one may go on as if
    /// it were absent, and the next write sets it aside.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Read(error) => error.is_permanent(),
            _ => false,
        }
    }

    /// Whether somebody else had the lock for all of the time that was to be waited.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Lock(error) if error.is_held())
    }

    /// Returns the file that could not be used.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Damaged { path, .. } | Self::List { path, .. } | Self::Remove { path, .. } => {
                path
            }
            Self::Read(error) => error.path(),
            Self::Lock(error) => error.path(),
            Self::Write(error) => error.path(),
        }
    }
}

impl Damage {
    /// Whether somebody may be in the middle of writing the file.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Self::Empty | Self::NotJson { .. })
    }
}
