use std::fmt;
use std::path::{Path, PathBuf};

use crate::key::CacheKey;

pub(crate) const STATE_DIR_NAME: &str = "aws-sso-tools";

/// The location of an entry in the cache.
///
/// Show it in messages, or pass it to [`TokenCache::remove`](crate::TokenCache::remove) or
/// [`TokenCache::quarantine`](crate::TokenCache::quarantine).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryLocation(PathBuf);

impl EntryLocation {
    pub(crate) fn of_file(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Returns the key in the name of the entry, or `None` if the name is not a key.
    #[must_use]
    pub fn key(&self) -> Option<CacheKey> {
        self.0.file_stem()?.to_str()?.parse().ok()
    }

    /// Returns the file that contains the entry, for example to check its permissions. Returns
    /// `None` if the entry is not stored in a file of its own.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        Some(&self.0)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl fmt::Display for EntryLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}
