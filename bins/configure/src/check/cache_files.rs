//! The files of the caches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use token_cache::{CacheError, EntryLocation, TokenCache};

pub(super) struct CacheFiles {
    /// Files with tokens, client secrets or credentials.
    pub(super) secret: Vec<EntryLocation>,
    pub(super) unreadable: BTreeMap<EntryLocation, CacheError>,
    /// The directory `.aws`.
    pub(super) aws_dir: PathBuf,
    /// The directory `.aws`, and those in it that contain caches. They need not exist.
    pub(super) directories: Vec<PathBuf>,
}

impl CacheFiles {
    pub(super) fn list(cache: &TokenCache, aws_dir: PathBuf) -> Result<Self, CacheError> {
        let (tokens, registrations) = (cache.scan_tokens()?, cache.scan_registrations()?);
        let credentials = cache.scan_role_credentials(|_| false)?;
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
            directories: directories(cache, &aws_dir),
            aws_dir,
        })
    }
}

fn directories(cache: &TokenCache, aws_dir: &Path) -> Vec<PathBuf> {
    let below = ["sso", "sso/cache", "cli", "cli/cache"].map(|name| aws_dir.join(name));
    [aws_dir.to_owned()]
        .into_iter()
        .chain(below)
        .chain(cache.state_dirs())
        .collect()
}
