//! The token of a session, renewed where it is due.

use std::time::Duration;

use sso_config::SsoSession;
use sso_oidc::{Grant, IssuedToken, OidcError};
use sso_types::AccessToken;
use time::OffsetDateTime;
use token_cache::{
    CachedToken, Freshness, Locked, NoToken, REFRESH_WINDOW, RefreshSteps, Renewal, Slot,
    TokenCache,
};

use crate::cache::{or_absent, or_absent_with_a_word};
use crate::clients::ServiceClients;
use crate::clock::SharedClock;
use crate::error::{Error, SignInReason};
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;

/// How long one process waits for the step of another.
pub const LOCK_WAIT: Duration = Duration::from_secs(30);

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
        match or_absent(self.cache.token(&self.session.token_key()))? {
            Some(token) if self.is_valid(&token) => {
                log::warn!("{}; the token serves until it expires", ErrorChain(&error));
                Ok(token)
            }
            _ => Err(error),
        }
    }

    /// Returns a token that is valid for at least `span`, or was issued just now, be it to
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
    pub fn token_valid_for(&self, span: Duration) -> Result<CachedToken, Error> {
        let token = token_cache::token_valid_for(self, span);
        token.map_err(|error| self.explain(error, SignInReason::Expired))
    }

    /// Returns another token than `rejected`, which the portal refused although it looked valid.
    ///
    /// # Errors
    ///
    /// As [`token_valid_for`](Self::token_valid_for).
    pub fn token_instead_of(&self, rejected: &AccessToken) -> Result<CachedToken, Error> {
        let token = token_cache::token_instead_of(self, rejected);
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

    fn explain(&self, error: NoToken<Error>, not_refreshable: SignInReason) -> Error {
        match error {
            NoToken::Absent => self.sign_in_required(SignInReason::NotSignedIn),
            NoToken::NotRefreshable => self.sign_in_required(not_refreshable),
            NoToken::SessionEnded => self.sign_in_required(SignInReason::SessionEnded),
            NoToken::Failed(error) => error,
        }
    }
}

impl<'a> RefreshSteps for TokenProvider<'a> {
    type Lock = Locked<'a, CachedToken>;
    type Room<'lock>
        = Slot<'lock, CachedToken>
    where
        Self: 'lock;
    type Error = Error;

    fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    fn read(&self) -> Result<Option<CachedToken>, Error> {
        or_absent_with_a_word(self.cache.token(&self.session.token_key()))
    }

    fn lock(&self) -> Result<Self::Lock, Error> {
        Ok(self
            .cache
            .lock_token(&self.session.token_key(), LOCK_WAIT)?)
    }

    fn make_room<'lock>(&self, lock: &'lock Self::Lock) -> Result<Self::Room<'lock>, Error> {
        Ok(lock.prepare_write()?)
    }

    fn request(
        &self,
        old: &CachedToken,
        renewal: Renewal<'_>,
    ) -> Result<Option<CachedToken>, Error> {
        log::info!("renewing the token of {}", self.session.described());
        let grant = Grant::RefreshToken(renewal.refresh_token.clone());
        let oidc = self.clients.oidc(&self.session.region)?;
        match oidc.create_token(renewal.client_id, renewal.client_secret, &grant) {
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

    /// The token is good even where the disk has failed since its place was prepared.
    fn save<'lock>(&'lock self, room: Self::Room<'lock>, new: &CachedToken) {
        if let Err(error) = room.commit(new) {
            log::warn!(
                "{}; the renewed token is lost, sign in again soon",
                ErrorChain(&error)
            );
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
