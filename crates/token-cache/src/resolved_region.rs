//! Regions that start URLs resolved to. A config file that cannot be corrected has another Region.

use serde::{Deserialize, Serialize};
use sso_types::{Region, StartUrl};

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;

/// Suffix of the state files with resolved Regions: see [`TokenCache::state_files`].
pub const RESOLVED_REGION_SUFFIX: &str = "region";

/// The content of a state file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResolvedRegion {
    start_url: StartUrl,
    region: Region,
}

impl TokenCache {
    /// Returns the Region that `start_url` resolved to at the last sign-in for `key`, if it is
    /// remembered. Takes no lock.
    #[must_use]
    pub fn resolved_region(&self, key: &CacheKey, start_url: &StartUrl) -> Option<Region> {
        let resolved: ResolvedRegion = self.read_state(key, RESOLVED_REGION_SUFFIX)?;
        (resolved.start_url == *start_url).then_some(resolved.region)
    }

    /// Remembers the Region that `start_url` resolved to.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn remember_resolved_region(
        &self,
        key: &CacheKey,
        start_url: &StartUrl,
        region: &Region,
    ) -> Result<(), CacheError> {
        let resolved = ResolvedRegion {
            start_url: start_url.clone(),
            region: region.clone(),
        };
        self.write_state(key, RESOLVED_REGION_SUFFIX, &resolved)
    }
}
