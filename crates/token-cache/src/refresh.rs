//! Refresh of a token that many processes share, without using a refresh token twice.
//!
//! [`refresh`] takes these steps:
//!
//! ```text
//! read ── valid long enough ──────────────────────────────────▶ cached token
//!   │ due
//! lock, read again ── valid long enough, or replaced ─────────▶ cached token
//!   │ unchanged
//! reserve disk space for the new token
//!   │
//! request ── rejected ── read again ── replaced, and valid ───▶ cached token
//!   │ issued           for up to 3 s ├ replaced, and due ─────▶ request once more
//!   │                                └ unchanged ─────────────▶ the session has ended
//! save ───────────────────────────────────────────────────────▶ new token
//! ```
//!
//! The order of the steps is defined in [`protocol`]. A model check runs it in every interleaving
//! of several processes.

mod background;
mod cache_steps;
mod clock;
mod early;
mod error;
mod grant;
pub mod protocol;
mod response;

use std::time::Duration;

use sso_types::AccessToken;
use time::OffsetDateTime;

use crate::cache::TokenCache;
use crate::key::CacheKey;
use crate::token::CachedToken;
use cache_steps::CacheSteps;

pub use background::{Background, StartBackground};
pub use clock::RefreshClock;
pub use early::EarlyRefresh;
pub use error::{RefreshError, RequestError};
pub use grant::RefreshGrant;
pub use response::RefreshResponse;

/// Returns the cached token for `key` if it is valid for at least `min_validity`, and otherwise
/// refreshes it.
///
/// A token that is issued during this call, to this or to another process, is returned even if its
/// lifetime is shorter than `min_validity`.
///
/// `usable` returns what the caller can use of a cached token, or `None` if the token counts as
/// missing. It is [`Some`] for a caller that uses every token.
///
/// `request` sends the refresh grant to the service and returns a [`RefreshResponse`], or the new token
/// and `None` if the service permanently rejects the refresh token or the client. It is called after disk
/// space for the new token is reserved: once, or twice if another tool replaces the rejected token
/// meanwhile with one that has expired and can be refreshed. If the response contains no refresh token,
/// `request` should keep the old refresh token.
///
/// After a rejection, another tool may have used the refresh token first, so the cache is read again
/// for up to three seconds. If nothing changes, the rejection is
/// [remembered](TokenCache::remember_refusal).
///
/// A corrupt entry counts as missing ([`CacheEvent::CorruptEntryIgnored`]). A new token is returned
/// even if it cannot be saved ([`CacheEvent::RefreshedTokenNotSaved`]). If another tool has replaced the
/// cached token during the request, the replacement is returned instead, because it may belong to
/// another user. Waits for the lock for at
/// most [`TokenCache::lock_timeout`], and for at most 30 seconds while the cached token is valid.
///
/// ```
/// use token_cache::{CacheError, CacheKey, CachedToken, REFRESH_WINDOW, TokenCache};
/// use token_cache::refresh::{RefreshClock, RefreshError, RefreshGrant, refresh};
/// use time::OffsetDateTime;
///
/// # let home = tempfile::tempdir()?;
/// let cache = TokenCache::in_aws_dir(&home.path().join(".aws"));
/// let key = CacheKey::session_token(&"my-sso".into());
/// let request = |old: &CachedToken, grant: RefreshGrant<'_>| -> Result<_, CacheError> {
///     // Call CreateToken with `grant` here.
///     Ok(Some(CachedToken { access_token: "aoaBBBBB...".into(), ..old.clone() }))
/// };
/// let clock = RefreshClock { now: OffsetDateTime::now_utc, sleep: locked_file::clock::sleep };
/// match refresh(&cache, &key, Some, REFRESH_WINDOW, clock, request) {
///     Ok(token) => println!("valid until {}", token.expires_at),
///     Err(RefreshError::Failed(error)) => return Err(error.into()),
///     Err(error) => println!("sign in again: {error}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`CacheEvent::CorruptEntryIgnored`]: crate::CacheEvent::CorruptEntryIgnored
/// [`CacheEvent::RefreshedTokenNotSaved`]: crate::CacheEvent::RefreshedTokenNotSaved
///
/// # Errors
///
/// A [`RefreshError`]. The cached token may still be valid, for less than `min_validity`.
pub fn refresh<T: Into<RefreshResponse<E>>, E: RequestError>(
    cache: &TokenCache,
    key: &CacheKey,
    usable: impl Fn(CachedToken) -> Option<CachedToken>,
    min_validity: Duration,
    clock: RefreshClock<impl Fn() -> OffsetDateTime, impl Fn(Duration)>,
    request: impl FnMut(&CachedToken, RefreshGrant<'_>) -> Result<T, E>,
) -> Result<CachedToken, RefreshError<E>> {
    let steps = CacheSteps::new(cache, key, usable, clock, request);
    protocol::refresh_with(&steps, min_validity)
}

/// Returns the cached token while it is valid. If it is valid for less than
/// [`EarlyRefresh::min_validity`], refreshes it first, but only if that needs no wait: no other process
/// holds the lock, and no early refresh has failed within the last minute. A token that has expired is
/// refreshed as by [`refresh`].
///
/// A failure of an early refresh is [remembered](TokenCache::remember_failed_refresh), for longer than a
/// minute if the [service requests](RequestError::retry_after) a longer pause. After a
/// rejection, the cached token is returned without a wait; only a second one, a minute later, shows that
/// the session has ended.
///
/// With [`EarlyRefresh::start`], another process sends the request. This process only waits for a short
/// time, and returns the cached token.
///
/// `usable`, `clock` and `request` are those of [`refresh`]. `request` may limit the time for the
/// connection if the token that it receives is still valid, but it should wait for the response to a
/// request that was sent.
///
/// # Errors
///
/// A [`RefreshError`]. The cached token may still be valid.
pub fn refresh_early<T: Into<RefreshResponse<E>>, E: RequestError>(
    cache: &TokenCache,
    key: &CacheKey,
    usable: impl Fn(CachedToken) -> Option<CachedToken>,
    early: EarlyRefresh<'_>,
    clock: RefreshClock<impl Fn() -> OffsetDateTime, impl Fn(Duration)>,
    request: impl FnMut(&CachedToken, RefreshGrant<'_>) -> Result<T, E>,
) -> Result<CachedToken, RefreshError<E>> {
    let steps = CacheSteps::new(cache, key, usable, clock, request).or_in_background(early.start);
    protocol::early::refresh_early_with(&steps, early.min_validity)
}

/// Refreshes the cached token if it is valid for less than `min_validity`, in a process that
/// [`refresh_early`] has started in the background. Nothing waits for this process, so that the
/// response to its request is not lost.
///
/// `usable`, `clock` and `request` are those of [`refresh`].
///
/// # Errors
///
/// A [`RefreshError`], which is [remembered](TokenCache::remember_failed_refresh) if the request
/// failed. The cached token may still be valid.
pub fn refresh_in_background<T: Into<RefreshResponse<E>>, E: RequestError>(
    cache: &TokenCache,
    key: &CacheKey,
    usable: impl Fn(CachedToken) -> Option<CachedToken>,
    min_validity: Duration,
    clock: RefreshClock<impl Fn() -> OffsetDateTime, impl Fn(Duration)>,
    request: impl FnMut(&CachedToken, RefreshGrant<'_>) -> Result<T, E>,
) -> Result<CachedToken, RefreshError<E>> {
    let steps = CacheSteps::new(cache, key, usable, clock, request);
    protocol::early::refresh_in_background_with(&steps, min_validity)
}

/// Returns a valid token in place of `rejected`, which the access portal rejected before its
/// expiry: the cached token if another process has replaced `rejected`, otherwise a new token.
///
/// `usable`, `clock` and `request` are those of [`refresh`].
///
/// # Errors
///
/// A [`RefreshError`].
pub fn refresh_rejected<T: Into<RefreshResponse<E>>, E: RequestError>(
    cache: &TokenCache,
    key: &CacheKey,
    usable: impl Fn(CachedToken) -> Option<CachedToken>,
    rejected: &AccessToken,
    clock: RefreshClock<impl Fn() -> OffsetDateTime, impl Fn(Duration)>,
    request: impl FnMut(&CachedToken, RefreshGrant<'_>) -> Result<T, E>,
) -> Result<CachedToken, RefreshError<E>> {
    let steps = CacheSteps::new(cache, key, usable, clock, request);
    protocol::refresh_rejected_with(&steps, rejected)
}
