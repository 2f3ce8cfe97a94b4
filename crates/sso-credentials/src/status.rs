//! State of the cached credentials of a profile.

use std::time::Duration;

use sso_config::{ConfigFiles, SsoChain};
use sso_types::{AccountId, RoleName};
use time::OffsetDateTime;
use token_cache::{CacheError, EntryLocation, Freshness, TokenCache};

use crate::keys::RoleKeys;

/// State of the cached credentials of a profile.
#[derive(Debug)]
pub struct ProfileStatus {
    /// Profile and the SSO session that it reaches.
    pub chain: SsoChain,
    /// Cache location of the credentials of its role, which need not exist; `None` for a profile
    /// without a role.
    pub location: Option<EntryLocation>,
    /// Expiry of the cached credentials; `None` if there are none.
    pub expires_at: Result<Option<OffsetDateTime>, CacheError>,
}

impl ProfileStatus {
    /// Looks up the credentials of the profile's own role in the cache.
    #[must_use]
    pub fn of(chain: SsoChain, files: &ConfigFiles, cache: &TokenCache) -> Self {
        let assumed = chain.assumed_role().map(RoleKeys::credentials_key);
        let key = assumed.or_else(|| {
            let role = chain.source.clone().into_role(files).ok();
            role.map(|role| role.credentials_key())
        });
        let cached = key.as_ref().map(|key| cache.role_credentials(key));
        let cached = cached.transpose().map(Option::flatten);
        Self {
            chain,
            location: key.map(|key| cache.role_credentials_location(&key)),
            expires_at: cached.map(|cached| Some(cached?.expires_at)),
        }
    }

    /// Returns the account of the credentials.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        match self.chain.assumed_role() {
            Some(role) => role.account_id(),
            None => self.chain.source.account_id.clone(),
        }
    }

    /// Returns the name of the role that the credentials belong to, in IAM or in IAM Identity Center.
    #[must_use]
    pub fn role_name(&self) -> Option<&str> {
        match self.chain.assumed_role() {
            Some(role) => role.role_name(),
            None => self.chain.source.role_name.as_ref().map(RoleName::as_str),
        }
    }

    /// Returns whether the cached credentials are valid for at least `min_validity` after `now`.
    #[must_use]
    pub fn is_usable(&self, min_validity: Duration, now: OffsetDateTime) -> bool {
        matches!(self.expires_at, Ok(Some(end))
            if Freshness::with_min_validity(min_validity, end, now) == Freshness::Fresh)
    }
}
