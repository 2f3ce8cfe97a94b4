//! Cache keys of a session.

use sso_config::SsoSession;
use token_cache::CacheKey;

/// The keys under which a session's token and client registration are cached, as the AWS CLI v2
/// computes them.
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
