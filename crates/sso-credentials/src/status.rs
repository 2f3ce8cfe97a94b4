//! What the cache says of the credentials of a profile.

use std::time::Duration;

use sso_config::{ConfigFiles, SsoProfile};
use time::OffsetDateTime;
use token_cache::{CacheError, EntryLocation, Freshness, TokenCache};

use crate::keys::RoleKeys;

/// What the cache says of the credentials of a profile.
#[derive(Debug)]
pub struct ProfileStatus {
    /// The profile.
    pub profile: SsoProfile,
    /// The location of its credentials, which need not exist; `None` for a profile without a role.
    pub location: Option<EntryLocation>,
    /// When they end, where there are any.
    pub expires_at: Result<Option<OffsetDateTime>, CacheError>,
}

impl ProfileStatus {
    /// Looks up the credentials of `profile`.
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

    /// Whether there are credentials that are valid for `span` from `now` on.
    #[must_use]
    pub fn is_usable(&self, span: Duration, now: OffsetDateTime) -> bool {
        matches!(self.expires_at, Ok(Some(end))
            if Freshness::with_min_validity(span, end, now) == Freshness::Fresh)
    }
}
