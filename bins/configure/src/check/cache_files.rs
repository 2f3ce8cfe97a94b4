//! The files of the caches.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sso_credentials::{CacheError, TokenCache};

/// The files of the caches, without any change to them.
pub(super) struct CacheFiles {
    /// Files with tokens, client secrets or credentials.
    pub(super) secret: Vec<PathBuf>,
    /// Errors of the files that cannot be read, by path.
    pub(super) unreadable: BTreeMap<PathBuf, CacheError>,
}

impl CacheFiles {
    /// Lists the files.
    ///
    /// # Errors
    ///
    /// [`CacheError::List`] if a directory cannot be read.
    pub(super) fn list(cache: &TokenCache) -> Result<Self, CacheError> {
        let (tokens, registrations) = (cache.token_files()?, cache.registration_files()?);
        let credentials = cache.role_credentials_files()?;
        let paths = tokens.files.into_iter().map(|file| file.path);
        let paths = paths.chain(registrations.files.into_iter().map(|file| file.path));
        let paths = paths.chain(credentials.files.into_iter().map(|file| file.path));
        let unreadable = [tokens.unreadable, credentials.unreadable]
            .into_iter()
            .flatten();
        let unreadable = unreadable.map(|error| (error.path().to_owned(), error));
        Ok(Self {
            secret: paths.collect(),
            unreadable: unreadable.collect(),
        })
    }
}
