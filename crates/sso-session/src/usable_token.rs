//! The part of a cached token that a session can use.

use sso_config::SsoSession;
use sso_types::{AccessToken, Region, RegistrationScope};
use time::OffsetDateTime;
use token_cache::{CacheError, CachedToken, Refusal, TokenCache};

use crate::cache::or_missing;
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;
use crate::scopes::scopes_or_default;
use crate::start_url::{is_same_start_url, region_of_start_url};

/// Returns the cached token of `session`, as [`usable_token`] returns it.
///
/// # Errors
///
/// Those of [`TokenCache::token`].
pub(crate) fn cached_token(
    session: &SsoSession,
    cache: &TokenCache,
    now: OffsetDateTime,
) -> Result<Option<CachedToken>, CacheError> {
    let cached = cache.token(&session.token_key())?;
    Ok(cached.and_then(|token| usable_token(session, cache, token, now)))
}

/// Returns what `session` can use of the cached `token` at `now`. Returns `None` if the token
/// belongs to another start URL or Region than those in the config file, or if the service has
/// refused it.
pub(crate) fn usable_token(
    session: &SsoSession,
    cache: &TokenCache,
    token: CachedToken,
    now: OffsetDateTime,
) -> Option<CachedToken> {
    if !belongs_to(session, cache, &token) {
        return None;
    }
    let refusal = cache.refusal(&session.token_key(), &token.access_token);
    refusal.apply_to(token, now)
}

/// Returns what the service has refused of the cached token of `session`.
pub(crate) fn refusal_of_cached(session: &SsoSession, cache: &TokenCache) -> Refusal {
    let key = session.token_key();
    let cached = or_missing(cache.token(&key)).ok().flatten();
    let own = cached.filter(|token| belongs_to(session, cache, token));
    own.map_or_else(Refusal::default, |token| {
        cache.refusal(&key, &token.access_token)
    })
}

/// Remembers that the service has refused the token with this `access_token`. Only logs an error,
/// because without the entry the next program repeats the request.
pub(crate) fn remember_refusal(
    session: &SsoSession,
    cache: &TokenCache,
    access_token: &AccessToken,
    refusal: Refusal,
) {
    let remembered = cache.remember_refusal(&session.token_key(), access_token, refusal);
    if let Err(error) = remembered {
        log::debug!(
            "{}; the refusal of the token is not remembered",
            ErrorChain(&error)
        );
    }
}

/// Returns the Region of the service that issued `token`. It differs from the Region of `session`
/// if the start URL belongs to another Region and the config file could not be corrected.
pub(crate) fn region_of_token<'a>(session: &'a SsoSession, token: &'a CachedToken) -> &'a Region {
    token.region.as_ref().unwrap_or(&session.region)
}

/// Returns true unless the client of `token` is registered without a scope that a sign-in to
/// `session` requests. Scopes that cannot be determined count as registered.
pub(crate) fn has_requested_scopes(
    session: &SsoSession,
    cache: &TokenCache,
    token: &CachedToken,
) -> bool {
    let registered = registered_scopes(cache, token);
    registered.is_none_or(|registered| missing_scopes(session, &registered).is_empty())
}

/// Returns the scopes that a sign-in to `session` requests and that are not among those of a client.
pub(crate) fn missing_scopes(
    session: &SsoSession,
    registered: &[RegistrationScope],
) -> Vec<RegistrationScope> {
    let requested = if registered.is_empty() {
        // A device code needs no scopes, so the default scope is not requested.
        session.scopes.clone().unwrap_or_default()
    } else {
        scopes_or_default(session)
    };
    let missing = requested.into_iter();
    missing.filter(|it| !registered.contains(it)).collect()
}

fn registered_scopes(cache: &TokenCache, token: &CachedToken) -> Option<Vec<RegistrationScope>> {
    let client_id = token.client_id.as_ref()?;
    let registrations = cache.scan_registrations().ok()?.entries;
    let mut registrations = registrations.into_iter();
    registrations
        .find(|found| found.client_id == *client_id)?
        .scopes
}

/// Returns true if the token was issued for the start URL and Region of `session`. A missing field
/// counts as equal.
pub(crate) fn belongs_to(session: &SsoSession, cache: &TokenCache, token: &CachedToken) -> bool {
    let mut start_url = token.start_url.iter();
    let mut region = token.region.iter();
    start_url.all(|url| is_same_start_url(url, &session.start_url))
        && region.all(|region| is_region_of(session, cache, region))
}

/// A sign-in uses the Region of the resolved start URL, not that of the config file.
fn is_region_of(session: &SsoSession, cache: &TokenCache, region: &Region) -> bool {
    let resolved = || cache.resolved_region(&session.token_key(), &session.start_url);
    *region == session.region
        || region_of_start_url(&session.start_url).as_ref() == Some(region)
        || resolved().as_ref() == Some(region)
}
