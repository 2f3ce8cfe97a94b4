//! State of the cached credentials of a profile.

use std::time::Duration;

use sso_config::{ConfigFiles, SsoProfile};
use time::OffsetDateTime;
use token_cache::{CacheError, EntryLocation, Freshness, TokenCache};

use crate::keys::RoleKeys;

/// State of the cached credentials of a profile.
#[derive(Debug)]
pub struct ProfileStatus {
    /// SSO profile.
    pub profile: SsoProfile,
    /// Cache location of the credentials, which need not exist; `None` for a profile without a
    /// role.
    pub location: Option<EntryLocation>,
    /// Expiry of the cached credentials; `None` if there are none.
    pub expires_at: Result<Option<OffsetDateTime>, CacheError>,
}

impl ProfileStatus {
    /// Looks up the credentials of `profile` in the cache.
    #[must_use]
    pub fn of(profile: SsoProfile, files: &ConfigFiles, cache: &TokenCache) -> Self {
        let role = profile.clone().into_role(files).ok();
        let key = role.map(|role| role.credentials_key());
        let cached = key.as_ref().map(|key| cache.role_credentials(key));
        let cached = cached.transpose().map(Option::flatten);
        Self {
            profile,
            location: key.map(|key| cache.role_credentials_location(&key)),
            expires_at: cached.map(|cached| Some(cached?.expires_at)),
        }
    }

    /// Returns whether the cached credentials are valid for at least `min_validity` after `now`.
    #[must_use]
    pub fn is_usable(&self, min_validity: Duration, now: OffsetDateTime) -> bool {
        matches!(self.expires_at, Ok(Some(end))
            if Freshness::with_min_validity(min_validity, end, now) == Freshness::Fresh)
    }
}
