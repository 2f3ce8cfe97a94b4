//! The order of the steps of a refresh, independent of files and services.
//!
//! [`refresh`](crate::refresh::refresh) takes the steps with a [`TokenCache`](crate::TokenCache).
//! The trait lets a model check run the same functions with a simulated disk, lock and service.

pub mod early;

use std::time::Duration;

use sso_types::AccessToken;
use time::OffsetDateTime;

use super::error::RefreshError;
use super::grant::RefreshGrant;
use super::response::RefreshResponse;
use crate::freshness::Freshness;
use crate::token::CachedToken;

/// Pauses between the reads after a rejected request, three seconds in total. The AWS SDKs write the
/// response to their own request up to two seconds after it.
pub const REREAD_PAUSES: [Duration; 10] = [
    Duration::from_millis(20),
    Duration::from_millis(40),
    Duration::from_millis(80),
    Duration::from_millis(160),
    Duration::from_millis(300),
    Duration::from_millis(400),
    Duration::from_millis(500),
    Duration::from_millis(500),
    Duration::from_millis(500),
    Duration::from_millis(500),
];

/// The steps of a refresh that other processes can observe or influence. Other processes may take
/// steps between any two of these steps, and this process may be killed after each step.
pub trait RefreshSteps {
    /// The lock of the token, released on drop.
    type Lock;
    /// Reserved disk space for the new token.
    type Reservation<'lock>
    where
        Self: 'lock;
    /// Another process that performs an early refresh.
    type Background;
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

    /// Acquires the lock without waiting, or returns `None` if another process holds it.
    ///
    /// # Errors
    ///
    /// If the lock cannot be acquired for another reason.
    fn try_lock(&self) -> Result<Option<Self::Lock>, Self::Error>;

    /// Reserves disk space so that the new token can be saved.
    ///
    /// # Errors
    ///
    /// If disk space cannot be reserved. No request is sent in this case.
    fn reserve<'lock>(
        &'lock self,
        lock: &'lock Self::Lock,
    ) -> Result<Self::Reservation<'lock>, Self::Error>;

    /// Requests a new token in place of `old`.
    ///
    /// # Errors
    ///
    /// If the request fails for another reason than a permanent rejection.
    fn request(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
    ) -> Result<RefreshResponse<Self::Error>, Self::Error>;

    /// Saves the new token in place of `old`, or reports a failure to save it. The token is valid in
    /// both cases. If a tool without locks has removed or replaced `old`, does not save it and returns
    /// false.
    fn save<'lock>(
        &'lock self,
        reservation: Self::Reservation<'lock>,
        old: &CachedToken,
        new: &CachedToken,
    ) -> bool;

    /// Returns the pauses between the reads after a rejected request.
    fn reread_pauses(&self) -> &[Duration] {
        &REREAD_PAUSES
    }

    /// Waits before the file is read again.
    ///
    /// # Errors
    ///
    /// If the wait is cut short.
    fn pause(&self, duration: Duration) -> Result<(), Self::Error>;

    /// Remembers that the session of `old` has ended. Later reads do not return its refresh token.
    ///
    /// # Errors
    ///
    /// If the process must stop. A failure to remember it is not an error.
    fn remember_end(&self, old: &CachedToken) -> Result<(), Self::Error>;

    /// Returns true if an early refresh of `token` has failed, or was started, within the last minute, or
    /// within the pause that the service has requested.
    fn has_failed_lately(&self, token: &CachedToken) -> bool;

    /// Remembers the start of an early refresh of `due` like a failure, so that no other process starts
    /// one within a minute. Returns false if another process has already failed or started within a
    /// minute. Also excludes other processes if locks have no effect.
    fn claim(&self, due: &CachedToken) -> bool;

    /// Starts another process that performs
    /// [`refresh_in_background_with`](early::refresh_in_background_with). Returns `None` if this process
    /// has to send the request.
    fn start_in_background(&self) -> Option<Self::Background>;

    /// Waits until the process has ended, but not longer than the caller can wait for a refresh that
    /// is not needed yet.
    fn wait_for(&self, background: Self::Background);

    /// Returns the pause that the service requests before the next request, if it requests one.
    fn retry_after(&self, error: &Self::Error) -> Option<Duration>;

    /// Remembers the failure of an early refresh of `old`. Returns true if the service has rejected
    /// the refresh token now and already before, long enough ago for another tool to have saved its
    /// response.
    fn remember_failure(&self, old: &CachedToken, failure: EarlyFailure) -> bool;
}

/// Failure of an early refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EarlyFailure {
    /// The service rejected the refresh token or the client.
    Rejected,
    /// Any other failure.
    Failed {
        /// Pause that the service requests.
        retry_after: Option<Duration>,
    },
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
    match steps.read()? {
        None => Err(RefreshError::NotCached),
        Some(token) if is_valid_for(steps, min_validity, &token) => Ok(token),
        Some(due) => refresh_due(steps, min_validity, &due),
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

pub(super) fn refresh_due<S: RefreshSteps>(
    steps: &S,
    min_validity: Duration,
    due: &CachedToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    if !due.is_refreshable(steps.now()) {
        return Err(RefreshError::NotRefreshable);
    }
    refresh_unless(steps, |token| {
        is_valid_for(steps, min_validity, token)
            || is_valid_replacement(steps, &due.access_token, token)
    })
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
    match request_and_save(steps, &lock, &old)? {
        Refreshed::New(new) => Ok(new),
        Refreshed::Superseded => current_token(steps),
        Refreshed::Rejected => match usable_replacement_of(steps, &old)? {
            token if is_valid_replacement(steps, &old.access_token, &token) => Ok(token),
            due => refresh_replacement(steps, &lock, &due),
        },
    }
}

/// Refreshes a token that has expired and that another program has put in place of a rejected one, such
/// as from a backup. This happens once, so that it ends.
fn refresh_replacement<S: RefreshSteps>(
    steps: &S,
    lock: &S::Lock,
    due: &CachedToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    match request_and_save(steps, lock, due)? {
        Refreshed::New(new) => Ok(new),
        Refreshed::Superseded => current_token(steps),
        Refreshed::Rejected => replacement_of(steps, due),
    }
}

/// Does the same as [`replacement_of`], but also returns a token that has expired and has another
/// refresh token.
fn usable_replacement_of<S: RefreshSteps>(
    steps: &S,
    old: &CachedToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    replacement_that(steps, old, |token| {
        is_valid_replacement(steps, &old.access_token, token)
            || token.refresh_token != old.refresh_token && token.is_refreshable(steps.now())
    })
}

/// Returns a token that replaces `old`, whose refresh token the service has rejected. The AWS CLI and
/// the AWS SDKs take no lock, so they may have used it and not saved the response yet. Reads again
/// for up to three seconds; only if nothing changes has the session ended.
fn replacement_of<S: RefreshSteps>(
    steps: &S,
    old: &CachedToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    replacement_that(steps, old, |token| {
        is_valid_replacement(steps, &old.access_token, token)
    })
}

fn replacement_that<S: RefreshSteps>(
    steps: &S,
    old: &CachedToken,
    is_replacement: impl Fn(&CachedToken) -> bool,
) -> Result<CachedToken, RefreshError<S::Error>> {
    let mut pauses = steps.reread_pauses().iter();
    loop {
        let found = steps.read()?;
        let is_cached = found.is_some();
        match found.filter(|token| is_replacement(token)) {
            Some(token) => return Ok(token),
            None => match pauses.next() {
                Some(pause) => steps.pause(*pause)?,
                None if is_cached => break,
                None => return Err(RefreshError::NotCached),
            },
        }
    }
    steps.remember_end(old)?;
    Err(RefreshError::SessionEnded)
}

/// Returns the token of a later sign-in, which has replaced the one that was refreshed. The new token
/// may belong to another user.
pub(super) fn current_token<S: RefreshSteps>(
    steps: &S,
) -> Result<CachedToken, RefreshError<S::Error>> {
    match steps.read()? {
        None => Err(RefreshError::NotCached),
        Some(token) if is_valid_for(steps, Duration::ZERO, &token) => Ok(token),
        Some(_) => Err(RefreshError::NotRefreshable),
    }
}

/// Outcome of a request that the service has answered.
pub(super) enum Refreshed {
    New(CachedToken),
    /// A tool without locks has removed or replaced the token, so the new one is not saved.
    Superseded,
    Rejected,
}

pub(super) fn request_and_save<S: RefreshSteps>(
    steps: &S,
    lock: &S::Lock,
    old: &CachedToken,
) -> Result<Refreshed, RefreshError<S::Error>> {
    let grant = old.refresh_grant(steps.now());
    let grant = grant.ok_or(RefreshError::NotRefreshable)?;
    let reservation = steps.reserve(lock)?;
    match steps.request(old, grant)? {
        RefreshResponse::Rejected => Ok(Refreshed::Rejected),
        RefreshResponse::Incomplete { token, error } => {
            steps.save(reservation, old, &token);
            Err(error.into())
        }
        RefreshResponse::Issued(new) => Ok(if steps.save(reservation, old, &new) {
            Refreshed::New(new)
        } else {
            Refreshed::Superseded
        }),
    }
}

pub(super) fn is_valid_for(
    steps: &impl RefreshSteps,
    min_validity: Duration,
    token: &CachedToken,
) -> bool {
    Freshness::with_min_validity(min_validity, token.expires_at, steps.now()) == Freshness::Fresh
}

pub(super) fn is_valid_replacement(
    steps: &impl RefreshSteps,
    previous: &AccessToken,
    token: &CachedToken,
) -> bool {
    token.access_token != *previous && is_valid_for(steps, Duration::ZERO, token)
}
