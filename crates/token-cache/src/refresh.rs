//! The refresh protocol: of many processes that find a token due, one refreshes it.
//!
//! ```text
//! read ── good ───────────────────────────────────────────────▶ that token
//!   │ due
//! lock, read again ── good, or another than before ───────────▶ that token
//!   │ still the same
//! make room for the answer
//!   │
//! request ── refused ── read again ── another, and valid ─────▶ that token
//!   │ issued                └──────── the same ───────────────▶ the session has ended
//! save ───────────────────────────────────────────────────────▶ the new token
//! ```

use std::time::Duration;

use sso_types::AccessToken;
use time::OffsetDateTime;

use crate::{CachedToken, Freshness, Renewal};

/// What a refresh does outside its process. Between any two of these steps other processes may
/// take theirs, and after each this one may be killed.
pub trait RefreshSteps {
    /// The lock of the token, given back when dropped.
    type Lock;
    /// Room for a new token.
    type Room<'lock>
    where
        Self: 'lock;
    /// Why a step failed.
    type Error;

    /// Returns the time.
    fn now(&self) -> OffsetDateTime;

    /// Returns the cached token, as [`TokenCache::token`](crate::TokenCache::token) does.
    ///
    /// # Errors
    ///
    /// Where it is not known whether there is one. A damaged file is none.
    fn read(&self) -> Result<Option<CachedToken>, Self::Error>;

    /// Waits for the lock, as [`TokenCache::lock_token`](crate::TokenCache::lock_token) does.
    ///
    /// # Errors
    ///
    /// Where it was not had.
    fn lock(&self) -> Result<Self::Lock, Self::Error>;

    /// Sees to it that an answer can be saved, as
    /// [`Locked::prepare_write`](crate::Locked::prepare_write) does.
    ///
    /// # Errors
    ///
    /// Where it could not: nothing will be requested then.
    fn make_room<'lock>(&self, lock: &'lock Self::Lock) -> Result<Self::Room<'lock>, Self::Error>;

    /// Asks the service for the token that comes after `old`, which can be had with `renewal`;
    /// `None` where the refresh token or the client is refused for good.
    ///
    /// # Errors
    ///
    /// Where the service was not reached, or is in trouble.
    fn request(
        &self,
        old: &CachedToken,
        renewal: Renewal<'_>,
    ) -> Result<Option<CachedToken>, Self::Error>;

    /// Saves the token that was issued, as [`Slot::commit`](crate::Slot::commit) does. It is good
    /// even where that fails.
    fn save<'lock>(&'lock self, room: Self::Room<'lock>, new: &CachedToken);
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoToken<E> {
    /// None is cached.
    Absent,
    /// The cached one lacks what a refresh needs.
    NotRefreshable,
    /// The service does not take the refresh token any more, and nobody else has another.
    SessionEnded,
    /// A step failed; the cached token is what it was.
    Failed(E),
}

/// Returns a token that is valid for at least `span`, or was issued while this waited for it.
///
/// # Errors
///
/// A [`NoToken`]. A token that is valid for a shorter time may still be cached.
pub fn token_valid_for<S: RefreshSteps>(
    steps: &S,
    span: Duration,
) -> Result<CachedToken, NoToken<S::Error>> {
    let is_good = |token: &CachedToken| is_valid_for(steps, span, token);
    match steps.read()? {
        None => Err(NoToken::Absent),
        Some(token) if is_good(&token) => Ok(token),
        Some(token) if token.renewal(steps.now()).is_none() => Err(NoToken::NotRefreshable),
        Some(due) => refreshed_unless(steps, |token| {
            is_good(token) || is_valid_instead_of(steps, &due.access_token, token)
        }),
    }
}

/// Returns a valid token other than `rejected`, which was refused although it looked valid.
///
/// # Errors
///
/// A [`NoToken`].
pub fn token_instead_of<S: RefreshSteps>(
    steps: &S,
    rejected: &AccessToken,
) -> Result<CachedToken, NoToken<S::Error>> {
    refreshed_unless(steps, |token| is_valid_instead_of(steps, rejected, token))
}

fn refreshed_unless<S: RefreshSteps>(
    steps: &S,
    is_good: impl Fn(&CachedToken) -> bool,
) -> Result<CachedToken, NoToken<S::Error>> {
    let lock = steps.lock()?;
    let old = match steps.read()? {
        None => return Err(NoToken::Absent),
        Some(token) if is_good(&token) => return Ok(token),
        Some(token) => token,
    };
    let renewal = old.renewal(steps.now()).ok_or(NoToken::NotRefreshable)?;
    let room = steps.make_room(&lock)?;
    if let Some(new) = steps.request(&old, renewal)? {
        steps.save(room, &new);
        return Ok(new);
    }
    // The AWS CLI takes no lock: it may have been faster.
    steps
        .read()?
        .filter(|token| is_valid_instead_of(steps, &old.access_token, token))
        .ok_or(NoToken::SessionEnded)
}

fn is_valid_for(steps: &impl RefreshSteps, span: Duration, token: &CachedToken) -> bool {
    Freshness::with_min_validity(span, token.expires_at, steps.now()) == Freshness::Fresh
}

fn is_valid_instead_of(
    steps: &impl RefreshSteps,
    other: &AccessToken,
    token: &CachedToken,
) -> bool {
    token.access_token != *other && is_valid_for(steps, Duration::ZERO, token)
}

impl<E> From<E> for NoToken<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
