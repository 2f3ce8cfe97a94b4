//! Refreshes of a token that is still valid. They are optional, so that no caller waits for one.

use std::time::Duration;

use super::{
    EarlyFailure, RefreshSteps, Refreshed, current_token, is_valid_for, is_valid_replacement,
    refresh_due, request_and_save,
};
use crate::refresh::error::RefreshError;
use crate::token::CachedToken;

/// Returns the cached token while it is valid. If it is valid for less than `min_validity`, refreshes
/// it first, but only if that needs no wait: no other process holds the lock, and no early refresh
/// has failed within the last minute. A token that has expired is refreshed as by
/// [`refresh_with`](super::refresh_with).
///
/// After a rejection, returns the cached token without a wait. Only a second rejection, a minute later,
/// shows that the session has ended.
///
/// # Errors
///
/// A [`RefreshError`]. The cached token may still be valid.
pub fn refresh_early_with<S: RefreshSteps>(
    steps: &S,
    min_validity: Duration,
) -> Result<CachedToken, RefreshError<S::Error>> {
    match steps.read()? {
        None => Err(RefreshError::NotCached),
        Some(token) if is_valid_for(steps, min_validity, &token) => Ok(token),
        Some(expired) if !is_valid_for(steps, Duration::ZERO, &expired) => {
            refresh_due(steps, min_validity, &expired)
        }
        Some(due) if !due.is_refreshable(steps.now()) => Err(RefreshError::NotRefreshable),
        Some(due) if steps.has_failed_lately(&due) => Ok(due),
        Some(due) => match steps.try_lock()? {
            None => Ok(due),
            Some(lock) => refresh_locked(steps, lock, min_validity, &due),
        },
    }
}

/// Refreshes the cached token for another process, which does not wait for the result: see
/// [`RefreshSteps::start_in_background`]. Waits until that process has released the lock. Ignores
/// that an early refresh has failed within the last minute.
///
/// # Errors
///
/// A [`RefreshError`]. The cached token may still be valid.
pub fn refresh_in_background_with<S: RefreshSteps>(
    steps: &S,
    min_validity: Duration,
) -> Result<CachedToken, RefreshError<S::Error>> {
    let due = match steps.read()? {
        None => return Err(RefreshError::NotCached),
        Some(token) if is_valid_for(steps, min_validity, &token) => return Ok(token),
        Some(due) if !due.is_refreshable(steps.now()) => return Err(RefreshError::NotRefreshable),
        Some(due) => due,
    };
    let lock = steps.lock()?;
    match steps.read()? {
        None => Err(RefreshError::NotCached),
        Some(token) if is_valid_replacement(steps, &due.access_token, &token) => Ok(token),
        Some(old) => request(steps, &lock, old),
    }
}

/// Refreshes `due`, which is still valid, under the lock, or lets another process do it.
fn refresh_locked<S: RefreshSteps>(
    steps: &S,
    lock: S::Lock,
    min_validity: Duration,
    due: &CachedToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    let old = match steps.read()? {
        None => return Err(RefreshError::NotCached),
        Some(token) if is_valid_replacement(steps, &due.access_token, &token) => return Ok(token),
        Some(token) if !steps.claim(&token) => return Ok(token),
        Some(token) => token,
    };
    match steps.start_in_background() {
        None => request(steps, &lock, old),
        Some(background) => {
            drop(lock);
            steps.wait_for(background);
            after_background(steps, min_validity)
        }
    }
}

/// Returns the cached token, whether or not the other process has refreshed it.
fn after_background<S: RefreshSteps>(
    steps: &S,
    min_validity: Duration,
) -> Result<CachedToken, RefreshError<S::Error>> {
    match steps.read()? {
        None => Err(RefreshError::NotCached),
        Some(expired) if !is_valid_for(steps, Duration::ZERO, &expired) => {
            refresh_due(steps, min_validity, &expired)
        }
        Some(token) => Ok(token),
    }
}

fn request<S: RefreshSteps>(
    steps: &S,
    lock: &S::Lock,
    old: CachedToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    match request_and_save(steps, lock, &old) {
        Ok(Refreshed::New(new)) => Ok(new),
        Ok(Refreshed::Superseded) => current_token(steps),
        Ok(Refreshed::Rejected) => rejected(steps, old),
        Err(error) => {
            let retry_after = match &error {
                RefreshError::Failed(error) => steps.retry_after(error),
                _ => None,
            };
            steps.remember_failure(&old, EarlyFailure::Failed { retry_after });
            Err(error)
        }
    }
}

/// Does not wait for a replacement, so that only a second rejection shows that the session has ended.
fn rejected<S: RefreshSteps>(
    steps: &S,
    old: CachedToken,
) -> Result<CachedToken, RefreshError<S::Error>> {
    if let Some(token) = cached_replacement(steps, &old)? {
        return Ok(token);
    }
    if !steps.remember_failure(&old, EarlyFailure::Rejected) {
        return Ok(old);
    }
    // If this process was suspended, another tool may have saved its response since the last read.
    if let Some(token) = cached_replacement(steps, &old)? {
        return Ok(token);
    }
    steps.remember_end(&old)?;
    Err(RefreshError::SessionEnded)
}

/// Returns the cached token if it replaces `old`.
fn cached_replacement<S: RefreshSteps>(
    steps: &S,
    old: &CachedToken,
) -> Result<Option<CachedToken>, RefreshError<S::Error>> {
    let found = steps.read()?.ok_or(RefreshError::NotCached)?;
    Ok(is_valid_replacement(steps, &old.access_token, &found).then_some(found))
}
