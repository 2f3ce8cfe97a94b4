//! Clients that the service may no longer know, as far as they are remembered.

use sso_config::SsoSession;
use sso_types::ClientId;
use token_cache::TokenCache;

use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;

/// Makes the next sign-in to `session` register a new client in place of `client_id`, unless
/// [`forget_unconfirmed_client`] is called before. Only logs an error, because without the entry the
/// next sign-in uses the same client.
pub(crate) fn remember_unconfirmed_client(
    session: &SsoSession,
    cache: &TokenCache,
    client_id: &ClientId,
) {
    let remembered = cache.remember_unconfirmed_client(&session.token_key(), client_id);
    if let Err(error) = remembered {
        log::debug!("{}; the client is not remembered", ErrorChain(&error));
    }
}

/// Only logs an error, because with the entry the next sign-in registers a new client.
pub(crate) fn forget_unconfirmed_client(session: &SsoSession, cache: &TokenCache) {
    if let Err(error) = cache.forget_unconfirmed_client(&session.token_key()) {
        log::debug!("{}; the client is still remembered", ErrorChain(&error));
    }
}
