//! Cache keys of a session.

use sso_config::SsoSession;
use token_cache::CacheKey;

/// Cache keys of the token and the client registration of a session, equal to those of the AWS CLI
/// v2.
pub trait SessionKeys {
    /// Returns the key of the token.
    fn token_key(&self) -> CacheKey;

    /// Returns the key of the client registration.
    fn registration_key(&self) -> CacheKey;
}

impl SessionKeys for SsoSession {
    fn token_key(&self) -> CacheKey {
        match &self.name {
            Some(name) => CacheKey::session_token(name),
            None => CacheKey::legacy_token(&self.start_url),
        }
    }

    fn registration_key(&self) -> CacheKey {
        CacheKey::registration(
            &self.region,
            self.scopes.as_deref(),
            self.name.as_ref(),
            &self.start_url,
        )
    }
}
