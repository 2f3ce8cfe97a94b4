//! The order of the steps of a refresh, independent of files and services.
//!
//! [`refresh`](crate::refresh::refresh) takes the steps with a [`TokenCache`](crate::TokenCache).
//! The trait lets a model check run the same functions with a simulated disk, lock and service.

use std::time::Duration;

use sso_types::AccessToken;
use time::OffsetDateTime;

use super::error::RefreshError;
use super::grant::RefreshGrant;
use crate::freshness::Freshness;
use crate::token::CachedToken;

/// The steps of a refresh that other processes can observe or influence. Other processes may take
/// steps between any two of these steps, and this process may be killed after each step.
pub trait RefreshSteps {
    /// The lock of the token, released on drop.
    type Lock;
    /// Reserved disk space for the new token.
    type Reservation<'lock>
    where
        Self: 'lock;
    /// Error of a step.
    type Error;

    /// Returns the current time.
    fn now(&self) -> OffsetDateTime;

    /// Returns the cached token. A corrupt token counts as missing.
    ///
    /// # Errors
    ///
    /// If the cache cannot be read.
    fn read(&self) -> Result<Option<CachedToken>, Self::Error>;

    /// Waits for the lock.
    ///
    /// # Errors
    ///
    /// If the lock cannot be acquired.
    fn lock(&self) -> Result<Self::Lock, Self::Error>;

    /// Reserves disk space so that the new token can be saved.
    ///
    /// # Errors
    ///
    /// If disk space cannot be reserved. No request is sent in this case.
    fn reserve<'lock>(
        &'lock self,
        lock: &'lock Self::Lock,
    ) -> Result<Self::Reservation<'lock>, Self::Error>;

    /// Requests a new token in place of `old`. Returns `None` if the service permanently rejects
    /// the refresh token or the client.
    ///
    /// # Errors
    ///
    /// If the request fails for another reason.
    fn request(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
    ) -> Result<Option<CachedToken>, Self::Error>;

    /// Saves the new token in place of `old`, or reports a failure to save it. The token is valid in
    /// both cases. Does not save it if a tool without locks has removed or replaced `old`.
    fn save<'lock>(
        &'lock self,
        reservation: Self::Reservation<'lock>,
        old: &CachedToken,
        new: &CachedToken,
    );
}

/// Returns a token that is valid for at least `min_validity`, or that is issued during this call,
/// to this or to another process.
///
/// # Errors
///
/// A [`RefreshError`].
pub fn refresh_with<S: RefreshSteps>(
    steps: &S,
    min_validity: Duration,
) -> Result<CachedToken, RefreshError<S::Error>> {
    let is_sufficient = |token: &CachedToken| is_valid_for(steps, min_validity, token);
    match steps.read()? {
        None => Err(RefreshError::NotCached),
        Some(token) if is_sufficient(&token) => Ok(token),
        Some(token) if !token.is_refreshable(steps.now()) => Err(RefreshError::NotRefreshable),
        Some(due) => refresh_unless(steps, |token| {
            is_sufficient(token) || is_valid_replacement(steps, &due.access_token, token)
        }),
    }
}

/// Returns a valid token in place of `rejected`.
///
/// # Errors
///
/// A [`RefreshError`].
pub fn refresh_rejected_with<S: RefreshSteps>(
    steps: &S,
    rejected: &AccessToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    refresh_unless(steps, |token| is_valid_replacement(steps, rejected, token))
}

fn refresh_unless<S: RefreshSteps>(
    steps: &S,
    is_sufficient: impl Fn(&CachedToken) -> bool,
) -> Result<CachedToken, RefreshError<S::Error>> {
    let lock = steps.lock()?;
    let old = match steps.read()? {
        None => return Err(RefreshError::NotCached),
        Some(token) if is_sufficient(&token) => return Ok(token),
        Some(token) => token,
    };
    let grant = old.refresh_grant(steps.now());
    let grant = grant.ok_or(RefreshError::NotRefreshable)?;
    let reservation = steps.reserve(&lock)?;
    if let Some(new) = steps.request(&old, grant)? {
        steps.save(reservation, &old, &new);
        return Ok(new);
    }
    // The AWS CLI takes no lock, so it may have refreshed the token in the meantime.
    steps
        .read()?
        .filter(|token| is_valid_replacement(steps, &old.access_token, token))
        .ok_or(RefreshError::SessionEnded)
}

fn is_valid_for(steps: &impl RefreshSteps, min_validity: Duration, token: &CachedToken) -> bool {
    Freshness::with_min_validity(min_validity, token.expires_at, steps.now()) == Freshness::Fresh
}

fn is_valid_replacement(
    steps: &impl RefreshSteps,
    previous: &AccessToken,
    token: &CachedToken,
) -> bool {
    token.access_token != *previous && is_valid_for(steps, Duration::ZERO, token)
}
