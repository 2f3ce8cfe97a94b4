//! History of the use of profiles.

use std::time::Duration;

use sso_credentials::Aws;
use sso_session::ErrorChain;
use sso_types::ProfileName;
use time::OffsetDateTime;
use token_cache::{CacheError, SharedStateLimits, TokenCache};

use crate::usage::{self, Uses};

/// State file with the history.
const FILE: &str = "profiles.usage";

/// Limits of the file: more than its maximum number of profiles needs, and about 300 uses between two
/// compactions.
const LIMITS: SharedStateLimits = SharedStateLimits {
    max_bytes: 1 << 20,
    compacted_after: 16 << 10,
    lock_timeout: Duration::from_millis(100),
};

/// History of the use of profiles: their names, and the number and time of their uses. It is in the directory
/// of the cache that only the programs of this workspace use.
///
/// A use is appended to the file. An unreadable history counts as empty, and a corrupt line as missing.
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
        let Some(line) = usage::line(profile.as_str(), now) else {
            return Ok(());
        };
        let compact = |content: &[u8]| Uses::read(content, now).to_lines();
        let line = line.as_bytes();
        self.cache
            .append_to_shared_state(FILE, line, LIMITS, compact)
    }

    /// Removes the history, if there is one, with a use that another process is recording.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn forget(&self) -> Result<(), CacheError> {
        if self.cache.has_shared_state(FILE) {
            self.cache.remove_shared_state(FILE)?;
        }
        Ok(())
    }

    /// Returns the indices of `names` with the most used ones first. Profiles that were never used keep their
    /// order.
    pub(crate) fn most_used_first(&self, names: &[ProfileName], now: OffsetDateTime) -> Vec<usize> {
        let uses = self.uses(now);
        let mut order: Vec<_> = (0..names.len()).collect();
        order.sort_by_cached_key(|index| uses.sort_key(names[*index].as_str(), now));
        order
    }

    fn uses(&self, now: OffsetDateTime) -> Uses {
        let content = self.cache.read_shared_state(FILE, LIMITS.max_bytes);
        Uses::read(&content.unwrap_or_default(), now)
    }
}
