//! Tokens that the service has refused. Their files look valid, so this is remembered separately.

use serde::{Deserialize, Serialize};
use sso_types::AccessToken;
use time::OffsetDateTime;

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;
use crate::token::{CachedToken, access_token_digest};

/// Suffix of the state files with refusals: see [`TokenCache::state_files`].
pub const REFUSAL_SUFFIX: &str = "refused";

/// The parts of a token that the service has refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// True if the access portal refused the access token before its expiry.
    pub access_token: bool,
    /// True if the service permanently refused the refresh token or the client.
    pub refresh_token: bool,
}

/// The content of a state file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefusedToken {
    /// Digest of the access token. Another token of the same session has another digest.
    access_token_sha1: String,
    #[serde(flatten)]
    refusal: Refusal,
}

impl Refusal {
    /// The access portal refused the access token.
    pub const OF_ACCESS_TOKEN: Self = Self {
        access_token: true,
        refresh_token: false,
    };

    /// The service refused the refresh token or the client.
    pub const OF_REFRESH_TOKEN: Self = Self {
        access_token: false,
        refresh_token: true,
    };

    /// Both are refused.
    pub const OF_BOTH: Self = Self {
        access_token: true,
        refresh_token: true,
    };

    /// Returns what remains of `token` at `now`: a refused access token has expired, and a refused
    /// refresh token is removed. Returns `None` if the token can then be neither used nor
    /// refreshed.
    #[must_use]
    pub fn apply_to(self, mut token: CachedToken, now: OffsetDateTime) -> Option<CachedToken> {
        if self == Self::default() {
            return Some(token);
        }
        if self.access_token {
            token.expires_at = token.expires_at.min(now);
        }
        if self.refresh_token {
            token.refresh_token = None;
        }
        let is_usable = token.expires_at > now || token.is_refreshable(now);
        is_usable.then_some(token)
    }

    fn and(self, other: Self) -> Self {
        Self {
            access_token: self.access_token || other.access_token,
            refresh_token: self.refresh_token || other.refresh_token,
        }
    }
}

impl TokenCache {
    /// Returns what the service has refused of the token with this `access_token`, as far as it is
    /// remembered. Takes no lock.
    #[must_use]
    pub fn refusal(&self, key: &CacheKey, access_token: &AccessToken) -> Refusal {
        let remembered: Option<RefusedToken> = self.read_state(key, REFUSAL_SUFFIX);
        remembered
            .filter(|refused| refused.access_token_sha1 == access_token_digest(access_token))
            .map_or_else(Refusal::default, |refused| refused.refusal)
    }

    /// Remembers that the service has refused the token with this `access_token`, until another
    /// token for `key` is refused. Saves only a digest of the token.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn remember_refusal(
        &self,
        key: &CacheKey,
        access_token: &AccessToken,
        refusal: Refusal,
    ) -> Result<(), CacheError> {
        let refused = RefusedToken {
            access_token_sha1: access_token_digest(access_token),
            refusal: self.refusal(key, access_token).and(refusal),
        };
        self.write_state(key, REFUSAL_SUFFIX, &refused)
    }
}
