//! Clients that the service may no longer know.
//!
//! If the service does not know the client of a sign-in in the browser, only the browser shows an
//! error. Therefore the client is remembered before the sign-in, and forgotten after its success.

use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};
use sso_types::{ClientId, hex};

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;

/// Suffix of the state files with unconfirmed clients: see [`TokenCache::state_files`].
pub const UNCONFIRMED_CLIENT_SUFFIX: &str = "client";

/// The content of a state file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnconfirmedClient {
    client_id_sha1: String,
}

impl TokenCache {
    /// Returns true if the last sign-in for `token_key` with the cached client registration
    /// `client_id` has not succeeded, or if the service has refused the client. Takes no lock.
    #[must_use]
    pub fn is_unconfirmed_client(&self, token_key: &CacheKey, client_id: &ClientId) -> bool {
        let remembered: Option<UnconfirmedClient> =
            self.read_state(token_key, UNCONFIRMED_CLIENT_SUFFIX);
        remembered.is_some_and(|client| client.client_id_sha1 == digest(client_id))
    }

    /// Remembers that a sign-in with `client_id` begins, or that the service has refused the
    /// client. Saves only a digest of the client ID, in place of that of another client.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn remember_unconfirmed_client(
        &self,
        token_key: &CacheKey,
        client_id: &ClientId,
    ) -> Result<(), CacheError> {
        let client = UnconfirmedClient {
            client_id_sha1: digest(client_id),
        };
        self.write_state(token_key, UNCONFIRMED_CLIENT_SUFFIX, &client)
    }

    /// Forgets the client after a sign-in.
    ///
    /// # Errors
    ///
    /// [`CacheError::Remove`].
    pub fn forget_unconfirmed_client(&self, token_key: &CacheKey) -> Result<(), CacheError> {
        self.remove_state(token_key, UNCONFIRMED_CLIENT_SUFFIX)
    }
}

fn digest(client_id: &ClientId) -> String {
    hex::encode(&Sha1::digest(client_id.as_str()))
}
