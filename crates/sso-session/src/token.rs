//! The token of a session, renewed where it is due.

use std::time::Duration;

use sso_config::SsoSession;
use sso_oidc::{Grant, IssuedToken, OidcError};
use sso_types::AccessToken;
use time::OffsetDateTime;
use token_cache::refresh::{RefreshError, RefreshGrant, refresh, refresh_rejected};
use token_cache::{CachedToken, Freshness, LOCK_TIMEOUT, REFRESH_WINDOW, TokenCache};

use crate::cache::or_missing;
use crate::clients::ServiceClients;
use crate::clock::SharedClock;
use crate::error::{Error, SignInReason};
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;

/// How long one process waits for the step of another.
pub const LOCK_WAIT: Duration = LOCK_TIMEOUT;

/// Has the token of a session: from the cache, or renewed.
pub struct TokenProvider<'a> {
    /// Whose token.
    pub session: &'a SsoSession,
    /// Where it is kept.
    pub cache: &'a TokenCache,
    /// Who renews it.
    pub clients: &'a ServiceClients<'a>,
    /// What time it is.
    pub clock: &'a SharedClock,
}

impl TokenProvider<'_> {
    /// Returns a token to be used now. One with less than 15 minutes left is renewed first; where
    /// that fails it serves for as long as it is valid, with a warning.
    ///
    /// # Errors
    ///
    /// Those of [`token_valid_for`](Self::token_valid_for), once the token has expired.
    pub fn token(&self) -> Result<CachedToken, Error> {
        let error = match self.token_valid_for(REFRESH_WINDOW) {
            Err(error) => error,
            token => return token,
        };
        match or_missing(self.cache.token(&self.session.token_key()))? {
            Some(token) if self.is_valid(&token) => {
                log::warn!("{}; the token serves until it expires", ErrorChain(&error));
                Ok(token)
            }
            _ => Err(error),
        }
    }

    /// Returns a token that is valid for at least `min_validity`, or was issued just now, be it to
    /// somebody else for whom this waited.
    ///
    /// Reading takes no lock. To renew is one step under the token's lock: whoever gets it reads
    /// the file again first, and sends the request only once a place for the answer is prepared.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`] where there is no such token and it cannot be renewed;
    /// [`Error::Oidc`] where the service was not reached; [`Error::Cache`] where a new token could
    /// not be saved, and so was not asked for.
    pub fn token_valid_for(&self, min_validity: Duration) -> Result<CachedToken, Error> {
        let token = refresh(
            self.cache,
            &self.session.token_key(),
            min_validity,
            || self.clock.now(),
            |old, grant| self.request(old, grant),
        );
        token.map_err(|error| self.explain(error, SignInReason::Expired))
    }

    /// Returns another token than `rejected`, which the portal refused although it looked valid.
    ///
    /// # Errors
    ///
    /// As [`token_valid_for`](Self::token_valid_for).
    pub fn token_instead_of(&self, rejected: &AccessToken) -> Result<CachedToken, Error> {
        let token = refresh_rejected(
            self.cache,
            &self.session.token_key(),
            rejected,
            || self.clock.now(),
            |old, grant| self.request(old, grant),
        );
        token.map_err(|error| self.explain(error, SignInReason::Revoked))
    }

    /// Calls `ask` with a token. A token that looked valid, and that `ask` fails with a rejection
    /// for, is replaced once.
    ///
    /// # Errors
    ///
    /// Those of [`token`](Self::token) and of `ask`.
    pub fn with_token<T, E: From<Error>>(
        &self,
        ask: impl Fn(&CachedToken) -> Result<T, E>,
        is_rejection: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        let token = self.token()?;
        match ask(&token) {
            Err(error) if is_rejection(&error) => {
                let token = self.token_instead_of(&token.access_token)?;
                ask(&token).map_err(|error| {
                    if is_rejection(&error) {
                        self.sign_in_required(SignInReason::Revoked).into()
                    } else {
                        error
                    }
                })
            }
            outcome => outcome,
        }
    }

    fn sign_in_required(&self, reason: SignInReason) -> Error {
        Error::SignInRequired {
            session: Box::new(self.session.clone()),
            reason,
        }
    }

    fn is_valid(&self, token: &CachedToken) -> bool {
        Freshness::of(token.expires_at, self.clock.now()) != Freshness::Expired
    }

    /// Requests the successor of `old`; `None` if the service rejects the refresh token or the
    /// client permanently.
    fn request(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
    ) -> Result<Option<CachedToken>, Error> {
        log::info!("renewing the token of {}", self.session.label());
        let refresh_token = Grant::RefreshToken(grant.refresh_token.clone());
        let oidc = self.clients.oidc(&self.session.region)?;
        match oidc.create_token(grant.client_id, grant.client_secret, &refresh_token) {
            Ok(issued) => Ok(Some(replaced(old, issued, self.clock.now()))),
            Err(
                OidcError::InvalidGrant(_)
                | OidcError::InvalidClient(_)
                | OidcError::ExpiredToken(_),
            ) => Ok(None),
            Err(source) => {
                let operation = "renewing the token";
                Err(self.clients.explain(Error::Oidc { operation, source }))
            }
        }
    }

    fn explain(&self, error: RefreshError<Error>, not_refreshable: SignInReason) -> Error {
        match error {
            RefreshError::Absent => self.sign_in_required(SignInReason::NotSignedIn),
            RefreshError::NotRefreshable => self.sign_in_required(not_refreshable),
            RefreshError::SessionEnded => self.sign_in_required(SignInReason::SessionEnded),
            RefreshError::Failed(error) => error,
        }
    }
}

/// Where no new refresh token came, the old one stays valid.
fn replaced(token: &CachedToken, issued: IssuedToken, now: OffsetDateTime) -> CachedToken {
    CachedToken {
        access_token: issued.access_token,
        expires_at: now + issued.expires_in,
        refresh_token: issued.refresh_token.or_else(|| token.refresh_token.clone()),
        ..token.clone()
    }
}
