//! The token of a session, refreshed if needed.

mod request;

use std::time::Duration;

use sso_config::SsoSession;
use sso_types::{AccessToken, Region};
use time::OffsetDateTime;
use token_cache::refresh::{
    EarlyRefresh, RefreshClock, RefreshError, refresh, refresh_early, refresh_in_background,
    refresh_rejected,
};
use token_cache::{CachedToken, Freshness, REFRESH_WINDOW, Refusal, TokenCache};

use crate::cache::or_missing;
use crate::clients::ServiceClients;
use crate::clock::SharedClock;
use crate::error::{Error, SignInReason};
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;
use crate::usable_token::{
    cached_token, has_requested_scopes, refusal_of_cached, region_of_token, remember_refusal,
    usable_token,
};

/// Provides the token of a session from the cache, refreshed if needed.
pub struct TokenProvider<'a> {
    /// The session.
    pub session: &'a SsoSession,
    /// Cache of the token.
    pub cache: &'a TokenCache,
    /// Clients that refresh the token.
    pub clients: &'a ServiceClients<'a>,
    /// Clock for expiry times.
    pub clock: &'a SharedClock,
}

impl TokenProvider<'_> {
    /// Returns a token for immediate use. Refreshes a token with less than 15 minutes left.
    ///
    /// While the cached token is valid, the refresh is optional: no wait for the lock, and one
    /// attempt. If it fails, logs a warning and returns the cached token. Then no process tries again
    /// within a minute.
    ///
    /// Another process performs an optional refresh if the clients
    /// [can start one](ServiceClients::refresh_in_background). Otherwise, this process waits at most
    /// five seconds for the connection. It then waits for the response as usual, because the service
    /// may have replaced the refresh token.
    ///
    /// # Errors
    ///
    /// Those of [`token_valid_for`](Self::token_valid_for), if the token has expired.
    pub fn token(&self) -> Result<CachedToken, Error> {
        let start = self.clients.background();
        let early = EarlyRefresh {
            min_validity: REFRESH_WINDOW,
            start: start.as_deref(),
        };
        let token = refresh_early(
            self.cache,
            &self.session.token_key(),
            |token| self.usable(token),
            early,
            self.refresh_clock(),
            |old, grant| self.request_early(old, grant),
        );
        let error = match token {
            Err(error) => self.explain(error, self.expiry_of_cached()),
            Ok(token) => return Ok(token),
        };
        let cached = or_missing(self.cache.token(&self.session.token_key()))?;
        match cached.and_then(|token| self.usable(token)) {
            Some(token) if self.is_valid(&token) => {
                log::warn!("{}; using the token until it expires", ErrorChain(&error));
                Ok(token)
            }
            _ => Err(error),
        }
    }

    /// Refreshes a token with less than 15 minutes left for another process, whose call of
    /// [`token`](Self::token) has started this process in the background.
    ///
    /// # Errors
    ///
    /// Those of [`token_valid_for`](Self::token_valid_for).
    pub fn refresh_in_background(&self) -> Result<CachedToken, Error> {
        let token = refresh_in_background(
            self.cache,
            &self.session.token_key(),
            |token| self.usable(token),
            REFRESH_WINDOW,
            self.refresh_clock(),
            |old, grant| self.request_in_background(old, grant),
        );
        token.map_err(|error| self.explain(error, self.expiry_of_cached()))
    }

    /// Returns a token that is valid for at least `min_validity`, or that was issued during this
    /// call, to this or to another process.
    ///
    /// A token counts as missing if the service has refused it, or if it belongs to another start
    /// URL or Region than those in the config file.
    ///
    /// Reads without a lock. A refresh holds the lock of the token: it reads the file again,
    /// reserves disk space for the new token, and then sends the request.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`] if there is no such token and no refresh is possible;
    /// [`Error::Oidc`] if the request fails; [`Error::Cache`] if the cache cannot be read or
    /// locked, or if a new token could not be saved, in which case no request is sent.
    pub fn token_valid_for(&self, min_validity: Duration) -> Result<CachedToken, Error> {
        self.usable_token_valid_for(min_validity, |_| true)
    }

    /// Like [`token_valid_for`](Self::token_valid_for), in place of a sign-in: a token whose client
    /// is registered without a scope that the sign-in would request counts as missing too. Scopes
    /// that cannot be determined count as registered.
    ///
    /// # Errors
    ///
    /// Those of [`token_valid_for`](Self::token_valid_for).
    pub fn token_in_place_of_sign_in(&self, min_validity: Duration) -> Result<CachedToken, Error> {
        self.usable_token_valid_for(min_validity, |token| {
            has_requested_scopes(self.session, self.cache, token)
        })
    }

    fn usable_token_valid_for(
        &self,
        min_validity: Duration,
        is_acceptable: impl Fn(&CachedToken) -> bool,
    ) -> Result<CachedToken, Error> {
        let token = refresh(
            self.cache,
            &self.session.token_key(),
            |token| self.usable(token).filter(|token| is_acceptable(token)),
            min_validity,
            self.refresh_clock(),
            |old, grant| self.request(old, grant),
        );
        token.map_err(|error| self.explain(error, self.expiry_of_cached()))
    }

    /// Returns a token in place of `rejected`, which the access portal rejected before its expiry. If
    /// there is none, remembers the rejection, so that the token counts as missing.
    ///
    /// # Errors
    ///
    /// Those of [`token_valid_for`](Self::token_valid_for).
    pub fn token_instead_of(&self, rejected: &AccessToken) -> Result<CachedToken, Error> {
        let token = refresh_rejected(
            self.cache,
            &self.session.token_key(),
            |token| self.usable(token),
            rejected,
            self.refresh_clock(),
            |old, grant| self.request(old, grant),
        );
        if let Err(RefreshError::NotRefreshable | RefreshError::SessionEnded) = &token {
            self.remember(rejected, Refusal::OF_ACCESS_TOKEN);
        }
        token.map_err(|error| self.explain(error, SignInReason::Revoked))
    }

    /// Calls `request` with a token. If `is_rejection` returns true for its error, replaces the
    /// token and calls `request` once more.
    ///
    /// # Errors
    ///
    /// Those of [`token`](Self::token) and of `request`; [`Error::SignInRequired`] if the new token
    /// is also rejected.
    pub fn with_token<T, E: From<Error>>(
        &self,
        request: impl Fn(&CachedToken) -> Result<T, E>,
        is_rejection: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        let token = self.token()?;
        match request(&token) {
            Err(error) if is_rejection(&error) => {
                let token = self.token_instead_of(&token.access_token)?;
                request(&token).map_err(|error| {
                    if is_rejection(&error) {
                        // Another refresh would return another token that is rejected.
                        self.remember(&token.access_token, Refusal::OF_BOTH);
                        self.sign_in_required(SignInReason::Revoked).into()
                    } else {
                        error
                    }
                })
            }
            outcome => outcome,
        }
    }

    /// Returns the Region of `token`. It differs from the Region of the session if the start URL
    /// belongs to another Region and the config file could not be corrected.
    #[must_use]
    pub fn region_of<'t>(&'t self, token: &'t CachedToken) -> &'t Region {
        region_of_token(self.session, token)
    }

    fn usable(&self, token: CachedToken) -> Option<CachedToken> {
        usable_token(self.session, self.cache, token, self.clock.now())
    }

    fn remember(&self, access_token: &AccessToken, refusal: Refusal) {
        remember_refusal(self.session, self.cache, access_token, refusal);
    }

    fn sign_in_required(&self, reason: SignInReason) -> Error {
        self.clients.explain(Error::SignInRequired {
            session: Box::new(self.session.clone()),
            reason,
        })
    }

    fn is_valid(&self, token: &CachedToken) -> bool {
        Freshness::of(token.expires_at, self.clock.now()) != Freshness::Expired
    }

    fn refresh_clock(&self) -> RefreshClock<impl Fn() -> OffsetDateTime, impl Fn(Duration)> {
        RefreshClock {
            now: || self.clock.now(),
            sleep: |duration| self.clock.sleep(duration),
        }
    }

    /// Returns the reason if the service has refused the cached token: the same as at the first
    /// refusal.
    fn refusal_reason(&self) -> Option<SignInReason> {
        match refusal_of_cached(self.session, self.cache) {
            Refusal {
                refresh_token: true,
                ..
            } => Some(SignInReason::SessionEnded),
            Refusal {
                access_token: true, ..
            } => Some(SignInReason::Revoked),
            _ => None,
        }
    }

    /// Returns the reason why the cached token does not suffice, if it cannot be refreshed.
    fn expiry_of_cached(&self) -> SignInReason {
        let now = self.clock.now();
        let cached = or_missing(cached_token(self.session, self.cache, now));
        let expires_at = cached.ok().flatten().map(|token| token.expires_at);
        let left = expires_at.and_then(|at| Duration::try_from(at - now).ok());
        left.filter(|left| !left.is_zero())
            .map_or(SignInReason::Expired, SignInReason::ExpiresIn)
    }

    fn explain(&self, error: RefreshError<Error>, not_refreshable: SignInReason) -> Error {
        match error {
            RefreshError::NotCached => {
                self.sign_in_required(self.refusal_reason().unwrap_or(SignInReason::NotSignedIn))
            }
            RefreshError::NotRefreshable => {
                self.sign_in_required(self.refusal_reason().unwrap_or(not_refreshable))
            }
            RefreshError::SessionEnded => self.sign_in_required(SignInReason::SessionEnded),
            RefreshError::Failed(error) => error,
        }
    }
}
