//! Saving of the token that a sign-in obtains.
//!
//! The approval of the user must not be lost if the token cannot be saved at this moment, for example
//! because the disk is full. The user is warned, and has time to fix the cause.

use std::time::Duration;

use sso_oidc::IssuedToken;
use token_cache::reserved::ReservedToken;
use token_cache::{CacheError, CachedRegistration, CachedToken};

use super::{APPROVAL_TIMEOUT, AuthorizationPrompt, SignIn};
use crate::error::Error;
use crate::keys::SessionKeys;

/// Pause between two attempts to save the token.
pub(super) const RETRY_PAUSE: Duration = Duration::from_secs(1);

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    /// Prepares the write of the token, before the request for it. Does not lock the token: another
    /// process may hold the lock for longer than the approval is valid.
    ///
    /// The result is a critical section, so that Ctrl-C does not lose an issued token.
    pub(super) fn reserved(&self) -> Result<ReservedToken<'_>, CacheError> {
        self.cache.reserve_token(&self.session.token_key())
    }

    /// Like [`reserved`](Self::reserved), but tries again until the cause of an error is fixed.
    pub(super) fn reserved_eventually(&self) -> Result<ReservedToken<'_>, Error> {
        self.eventually(Error::Cache, || self.reserved())
    }

    /// Saves the token that the service issued after the approval. Tries again until the cause of an
    /// error is fixed.
    pub(super) fn saved(
        &self,
        reserved: ReservedToken<'_>,
        issued: IssuedToken,
        registration: &CachedRegistration,
    ) -> Result<CachedToken, Error> {
        let token = self.for_cache(issued, registration);
        let mut reserved = Some(reserved);
        self.eventually(
            |source| Error::TokenNotSaved { source },
            || {
                let first = reserved.take();
                let reserved = first.map_or_else(|| self.reserved(), Ok)?;
                reserved.save(&token)
            },
        )?;
        Ok(token)
    }

    /// Calls `attempt` again after an error, for [`APPROVAL_TIMEOUT`] at most.
    fn eventually<T>(
        &self,
        error: impl Fn(CacheError) -> Error,
        mut attempt: impl FnMut() -> Result<T, CacheError>,
    ) -> Result<T, Error> {
        match attempt() {
            Ok(value) => return Ok(value),
            Err(first) => self
                .prompt
                .token_not_saved_yet(&error(first), APPROVAL_TIMEOUT),
        }
        let ends_at = self.clock.monotonic().saturating_add(APPROVAL_TIMEOUT);
        loop {
            self.clock.sleep(RETRY_PAUSE);
            match attempt() {
                Ok(value) => return Ok(value),
                Err(last) if self.clock.monotonic() >= ends_at => return Err(error(last)),
                Err(_) => {}
            }
        }
    }
}
