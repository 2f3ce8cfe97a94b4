//! The token of a session, renewed where it is due.

use std::time::Duration;

use sso_oidc::{Grant, IssuedToken, OidcError};
use sso_types::AccessToken;
use time::OffsetDateTime;
use token_cache::{CachedToken, Freshness, REFRESH_WINDOW, Renewal, Slot, TokenCache};

use crate::cached::{or_absent, or_absent_with_a_word, with_causes};
use crate::{Clock, Error, ServiceClients, SignInReason, SsoSession};

/// How long one process waits for the step of another.
pub(crate) const LOCK_WAIT: Duration = Duration::from_secs(30);

/// Has the token of a session: from the cache, or renewed.
pub struct TokenProvider<'a> {
    /// Whose token.
    pub session: &'a SsoSession,
    /// Where it is kept.
    pub cache: &'a TokenCache,
    /// Who renews it.
    pub clients: &'a ServiceClients<'a>,
    /// What time it is.
    pub clock: &'a dyn Clock,
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
            Some(token) if self.freshness(&token, Duration::ZERO) == Freshness::Fresh => {
                log::warn!("{}; the token serves until it expires", with_causes(&error));
                Ok(token)
            }
            _ => Err(error),
        }
    }

    /// Returns a token that is valid for at least `span`, or was issued just now.
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
        let is_good = |token: &CachedToken| self.freshness(token, span) == Freshness::Fresh;
        match or_absent_with_a_word(self.cache.token(&self.session.token_key()))? {
            None => Err(self.sign_in_required(SignInReason::NotSignedIn)),
            Some(token) if is_good(&token) => Ok(token),
            Some(token) if token.renewal(self.clock.now()).is_none() => {
                Err(self.sign_in_required(SignInReason::Expired))
            }
            Some(_) => self.renewed_unless(is_good),
        }
    }

    /// Returns another token than `rejected`, which the portal refused although it looked valid.
    ///
    /// # Errors
    ///
    /// As [`token_valid_for`](Self::token_valid_for).
    pub(crate) fn token_instead_of(&self, rejected: &AccessToken) -> Result<CachedToken, Error> {
        self.renewed_unless(|token| self.is_valid_instead_of(token, rejected))
    }

    pub(crate) fn sign_in_required(&self, reason: SignInReason) -> Error {
        Error::SignInRequired {
            session: Box::new(self.session.clone()),
            reason,
        }
    }

    fn freshness(&self, token: &CachedToken, span: Duration) -> Freshness {
        Freshness::with_min_validity(span, token.expires_at, self.clock.now())
    }

    fn is_valid_instead_of(&self, token: &CachedToken, other: &AccessToken) -> bool {
        token.access_token != *other && self.freshness(token, Duration::ZERO) == Freshness::Fresh
    }

    fn renewed_unless(&self, is_good: impl Fn(&CachedToken) -> bool) -> Result<CachedToken, Error> {
        let key = self.session.token_key();
        let locked = self.cache.lock_token(&key, LOCK_WAIT)?;
        let token = match or_absent(locked.read())? {
            None => return Err(self.sign_in_required(SignInReason::NotSignedIn)),
            Some(token) if is_good(&token) => return Ok(token),
            Some(token) => token,
        };
        let Some(renewal) = token.renewal(self.clock.now()) else {
            return Err(self.sign_in_required(SignInReason::Revoked));
        };
        let slot = locked.prepare_write()?;
        match self.renew(&token, renewal) {
            Err(error) if error.is_sign_in_required() => {
                // The AWS CLI takes no lock: it may have been faster.
                let now_there = or_absent(self.cache.token(&key))?;
                now_there
                    .filter(|other| self.is_valid_instead_of(other, &token.access_token))
                    .ok_or(error)
            }
            Err(error) => Err(error),
            Ok(renewed) => {
                save(slot, &renewed);
                Ok(renewed)
            }
        }
    }

    fn renew(&self, token: &CachedToken, renewal: Renewal<'_>) -> Result<CachedToken, Error> {
        log::info!("renewing the token of {}", self.session.described());
        let grant = Grant::RefreshToken(renewal.refresh_token.clone());
        let oidc = self.clients.oidc(&self.session.region)?;
        match oidc.create_token(renewal.client_id, renewal.client_secret, &grant) {
            Ok(issued) => Ok(replaced(token, issued, self.clock.now())),
            Err(
                OidcError::InvalidGrant(_)
                | OidcError::InvalidClient(_)
                | OidcError::ExpiredToken(_),
            ) => Err(self.sign_in_required(SignInReason::SessionEnded)),
            Err(source) => {
                let operation = "renewing the token";
                Err(self.clients.explain(Error::Oidc { operation, source }))
            }
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

/// The token is good even where the disk has failed since its place was prepared.
fn save(slot: Slot<'_, CachedToken>, token: &CachedToken) {
    if let Err(error) = slot.commit(token) {
        log::warn!(
            "{}; the renewed token is lost, sign in again soon",
            with_causes(&error)
        );
    }
}
