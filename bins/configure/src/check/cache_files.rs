//! The files of the caches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use token_cache::scan::Scan;
use token_cache::{CacheError, CacheKey, EntryLocation, TokenCache};

pub(super) struct CacheFiles {
    /// Files with tokens, client secrets or credentials.
    pub(super) secret: Vec<EntryLocation>,
    pub(super) unreadable: BTreeMap<EntryLocation, CacheError>,
    /// Errors of directories that cannot be listed, once for each directory.
    pub(super) unlisted: Vec<CacheError>,
    /// Keys of role credentials from the access portal.
    pub(super) role_keys: Vec<CacheKey>,
    /// The directory `.aws`.
    pub(super) aws_dir: PathBuf,
    /// The directory `.aws`, and those in it that contain caches. They need not exist.
    pub(super) directories: Vec<PathBuf>,
}

impl CacheFiles {
    pub(super) fn list(cache: &TokenCache, aws_dir: PathBuf) -> Self {
        let mut files = Self {
            secret: Vec::new(),
            unreadable: BTreeMap::new(),
            unlisted: Vec::new(),
            role_keys: Vec::new(),
            directories: directories(cache, &aws_dir),
            aws_dir,
        };
        files.add(cache.scan_tokens(), |entry| entry.location);
        files.add(cache.scan_registrations(), |entry| entry.location);
        let roles = cache.scan_role_credentials(|_| false);
        let of_portal = roles.iter().flat_map(|scan| &scan.entries);
        let of_portal = of_portal.filter(|entry| entry.is_from_portal);
        files.role_keys = of_portal.filter_map(|entry| entry.key.clone()).collect();
        files.add(roles, |entry| entry.location);
        files.add(cache.scan_assumed_roles(|_| false), |entry| entry.location);
        files
    }

    fn add<T>(&mut self, scan: Result<Scan<T>, CacheError>, location: fn(T) -> EntryLocation) {
        match scan {
            Ok(Scan {
                entries,
                unreadable,
            }) => {
                self.secret.extend(entries.into_iter().map(location));
                let unreadable = unreadable.into_iter();
                self.unreadable
                    .extend(unreadable.map(|error| (error.location(), error)));
            }
            Err(error) => {
                let is_known = |known: &CacheError| known.to_string() == error.to_string();
                if !self.unlisted.iter().any(is_known) {
                    self.unlisted.push(error);
                }
            }
        }
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
