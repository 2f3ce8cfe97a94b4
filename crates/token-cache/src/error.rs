use std::io;
use std::path::PathBuf;

use locked_file::{LockError, ReadError, WriteError};

use crate::location::EntryLocation;

/// An error of reading, locking, writing or listing cached entries.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The content of the entry is invalid.
    #[error("the cache file {location} is corrupt")]
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
    /// The entry could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Another tool removed or replaced the token while it was refreshed, so the new token was not
    /// saved.
    #[error("another program removed or replaced {location} during the refresh")]
    ChangedDuringRefresh {
        /// The entry.
        location: EntryLocation,
    },
    /// The directory could not be listed.
    #[error("cannot list {path}")]
    List {
        /// The directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The entry could not be removed.
    #[error("cannot remove {location}")]
    Remove {
        /// The entry.
        location: EntryLocation,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// A problem with the content of an entry. Messages never quote the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Corruption {
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The content is not JSON, or is truncated.
    #[error("invalid JSON at line {line}, column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1; 0 for the end of the previous line.
        column: usize,
    },
    /// The content is JSON, but not an object.
    #[error("the content is not a JSON object")]
    NotAnObject,
    /// A required field is missing.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// A field has the wrong type or an invalid value.
    #[error("the field {0} is invalid")]
    Malformed(&'static str),
}

impl CacheError {
    /// Returns true if the entry is corrupt: its content is invalid, or it is not a readable file.
    /// A caller may treat it as missing; the next write quarantines it.
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
            Self::Corrupt { location, .. }
            | Self::Remove { location, .. }
            | Self::ChangedDuringRefresh { location } => return location.clone(),
            Self::List { path, .. } => path,
            Self::Read(error) => error.path(),
            Self::Lock(error) => error.path(),
            Self::Write(error) => error.path(),
        };
        EntryLocation::of_file(path)
    }
}

impl Corruption {
    /// Returns true if the content may be that of a write in progress.
    pub(crate) fn may_be_temporary(self) -> bool {
        matches!(self, Self::Empty | Self::NotJson { .. })
    }
}
