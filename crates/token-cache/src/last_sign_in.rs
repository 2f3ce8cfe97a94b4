//! The last sign-in to a session. A refresh replaces the token but not this, so that a process can find
//! out whether another one has signed in.

use serde::{Deserialize, Serialize};

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;
use crate::token::CachedToken;

/// Suffix of the state files with the last sign-ins: see [`TokenCache::state_files`].
pub const LAST_SIGN_IN_SUFFIX: &str = "sign-in";

/// A sign-in by a program that uses this crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastSignIn {
    /// Digest of the access token that was issued.
    access_token_sha1: String,
}

impl TokenCache {
    /// Returns the last sign-in for `token_key`, if it is remembered. Takes no lock.
    #[must_use]
    pub fn last_sign_in(&self, token_key: &CacheKey) -> Option<LastSignIn> {
        self.read_state(token_key, LAST_SIGN_IN_SUFFIX)
    }

    /// Remembers that a sign-in for `token_key` has issued `token`. Saves only a digest of the token.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn remember_sign_in(
        &self,
        token_key: &CacheKey,
        token: &CachedToken,
    ) -> Result<(), CacheError> {
        let sign_in = LastSignIn {
            access_token_sha1: token.digest(),
        };
        self.write_state(token_key, LAST_SIGN_IN_SUFFIX, &sign_in)
    }
}
