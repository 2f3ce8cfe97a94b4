//! The files of the caches.

use std::collections::BTreeMap;
use token_cache::{CacheError, EntryLocation, TokenCache};

pub(super) struct CacheFiles {
    /// Files with tokens, client secrets or credentials.
    pub(super) secret: Vec<EntryLocation>,
    pub(super) unreadable: BTreeMap<EntryLocation, CacheError>,
}

impl CacheFiles {
    pub(super) fn list(cache: &TokenCache) -> Result<Self, CacheError> {
        let (tokens, registrations) = (cache.scan_tokens()?, cache.scan_registrations()?);
        let credentials = cache.scan_role_credentials()?;
        let secret = tokens.entries.into_iter().map(|entry| entry.location);
        let registrations = registrations.entries.into_iter();
        let secret = secret.chain(registrations.map(|entry| entry.location));
        let credentials_entries = credentials.entries.into_iter();
        let secret = secret.chain(credentials_entries.map(|entry| entry.location));
        let unreadable = [tokens.unreadable, credentials.unreadable]
            .into_iter()
            .flatten();
        let unreadable = unreadable.map(|error| (error.location(), error));
        Ok(Self {
            secret: secret.collect(),
            unreadable: unreadable.collect(),
        })
    }
}
