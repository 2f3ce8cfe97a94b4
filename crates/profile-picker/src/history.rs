//! History of the use of profiles.

use std::time::Duration;

use sso_credentials::Aws;
use sso_session::ErrorChain;
use sso_types::ProfileName;
use time::OffsetDateTime;
use token_cache::{CacheError, TokenCache};

use crate::usage::Uses;

/// State file with the history.
const FILE: &str = "profiles.usage";

/// Maximum size of the file, more than its maximum number of profiles needs.
const MAX_BYTES: u64 = 1 << 20;

/// Maximum wait for another process. It holds the lock for less than a millisecond.
const LOCK_TIMEOUT: Duration = Duration::from_millis(100);

/// History of the use of profiles: their names, and the number and time of their uses. It is in the directory
/// of the cache that only the programs of this workspace use.
///
/// An unreadable or corrupt history counts as empty.
#[derive(Clone, Debug)]
pub struct UsageHistory<'a> {
    cache: &'a TokenCache,
}

impl<'a> UsageHistory<'a> {
    /// Returns the history of the user. Accesses no file.
    #[must_use]
    pub fn open(aws: &'a Aws) -> Self {
        Self { cache: aws.cache() }
    }

    /// Records a use of `profile` at `now`. Waits for at most 100 ms for another process.
    ///
    /// If the history cannot be written, for example in a read-only directory, logs the reason for `-vv`
    /// only, because the use of the profile is not affected.
    pub fn record(&self, profile: &ProfileName, now: OffsetDateTime) {
        if let Err(error) = self.try_to_record(profile, now) {
            log::debug!(
                "cannot record the use of the profile: {}",
                ErrorChain(&error)
            );
        }
    }

    fn try_to_record(&self, profile: &ProfileName, now: OffsetDateTime) -> Result<(), CacheError> {
        let _lock = self.cache.lock_shared_state(FILE, LOCK_TIMEOUT)?;
        let mut uses = self.uses();
        uses.add(profile.as_str(), now);
        self.cache.write_shared_state(FILE, &uses)
    }

    /// Removes the history, if there is one.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn forget(&self) -> Result<(), CacheError> {
        if !self.cache.has_shared_state(FILE) {
            return Ok(());
        }
        // Another process would write the uses again that it has read before. Without a lock, such as on a
        // file system without locks, this is unlikely enough.
        let _lock = self.cache.lock_shared_state(FILE, LOCK_TIMEOUT);
        self.cache.remove_shared_state(FILE)
    }

    /// Returns the indices of `names` with the most used ones first. Profiles that were never used keep their
    /// order.
    pub(crate) fn most_used_first(&self, names: &[ProfileName], now: OffsetDateTime) -> Vec<usize> {
        let uses = self.uses();
        let mut order: Vec<_> = (0..names.len()).collect();
        order.sort_by_cached_key(|index| uses.sort_key(names[*index].as_str(), now));
        order
    }

    fn uses(&self) -> Uses {
        let uses = self.cache.read_shared_state(FILE, MAX_BYTES);
        uses.unwrap_or_default()
    }
}
