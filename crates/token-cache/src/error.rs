//! The errors of the caches.

use std::io;
use std::path::PathBuf;

use locked_file::{LockError, ReadError, WriteError};

use crate::location::EntryLocation;

/// An error of reading, locking, writing or listing cached entries.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The entry exists, and its content is invalid.
    #[error("the cache file {location} is damaged")]
    Corrupt {
        /// The entry.
        location: EntryLocation,
        /// The problem with the content.
        #[source]
        corruption: Corruption,
    },
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The lock could not be acquired.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The file was not written, or could not be.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The directory could not be listed.
    #[error("cannot list {path}")]
    List {
        /// The directory.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The entry was not removed.
    #[error("cannot remove {location}")]
    Remove {
        /// The entry.
        location: EntryLocation,
        /// The error of the system.
        source: io::Error,
    },
}

/// A problem with the content of an entry. Never quotes the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Corruption {
    /// The file is empty.
    #[error("it is empty")]
    Empty,
    /// The content is not JSON, or only the beginning of a JSON text.
    #[error("it is no JSON from line {line}, column {column} on")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1; 0 for the end of the previous line.
        column: usize,
    },
    /// The content is JSON, but not an object.
    #[error("it is no JSON object")]
    NotAnObject,
    /// A required field is missing.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// A field has the wrong type or an invalid value.
    #[error("its {0} cannot be read")]
    Malformed(&'static str),
}

impl CacheError {
    /// Returns true if the entry exists and is permanently unusable. A caller may treat it as
    /// missing; the next write quarantines it.
    #[must_use]
    pub fn is_corrupt(&self) -> bool {
        match self {
            Self::Corrupt { .. } => true,
            Self::Read(error) => error.is_permanent(),
            _ => false,
        }
    }

    /// Returns true if another process held the lock until the timeout.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Lock(error) if error.is_held())
    }

    /// Returns the location that the error is about.
    #[must_use]
    pub fn location(&self) -> EntryLocation {
        let path = match self {
            Self::Corrupt { location, .. } | Self::Remove { location, .. } => {
                return location.clone();
            }
            Self::List { path, .. } => path,
            Self::Read(error) => error.path(),
            Self::Lock(error) => error.path(),
            Self::Write(error) => error.path(),
        };
        EntryLocation::of_file(path)
    }
}

impl Corruption {
    /// Returns true if another process may be writing the file at the moment.
    pub(crate) fn may_be_temporary(self) -> bool {
        matches!(self, Self::Empty | Self::NotJson { .. })
    }
}
