//! Signing in: a person approves, a token comes.

mod authorization_code;
pub(crate) mod callback;
mod device_code;
mod registration;

mod browser_unavailable;
mod portal_session;

use std::num::NonZeroU16;
use std::time::Duration;

use sso_config::SsoSession;
use sso_oidc::{DeviceAuthorization, IssuedToken, OidcError};
use sso_types::StartUrl;
use token_cache::{CachedRegistration, CachedToken, Freshness, TokenCache};

use crate::cache::or_missing;
use crate::clients::ServiceClients;
use crate::clock::SharedClock;
use crate::error::Error;
use crate::keys::SessionKeys;
use crate::token::LOCK_WAIT;

pub use browser_unavailable::BrowserUnavailable;
pub use callback::{PasteBack, PasteError};
pub use sso_config::sign_in::SignInSettings;

/// How long somebody has for signing in with the browser.
pub const APPROVAL_TIME: Duration = Duration::from_secs(10 * 60);

/// How the approval comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInGrant {
    /// To a listener on this machine: the authorization code grant with PKCE (RFC 7636, RFC 8252).
    AuthorizationCode,
    /// By asking again and again: the device authorization grant (RFC 8628).
    DeviceCode,
}

/// What a person is asked to do.
#[derive(Debug)]
pub enum AuthorizationRequest<'a> {
    /// To approve in a browser, which comes back to this machine; where it cannot, a person
    /// brings the address that it ended on.
    Browser {
        /// The address to open.
        url: &'a str,
        /// Where the address goes that a person brings.
        paste_back: PasteBack,
        /// How long there is for it.
        at_most: Duration,
    },
    /// To approve in any browser.
    UserCode(&'a DeviceAuthorization),
}

/// Asks a person to approve.
pub trait AuthorizationPrompt {
    /// Dropped when the waiting has an end.
    type Waiting;

    /// Shows what to do, opens a browser where that is wanted, and returns at once.
    fn ask(&self, request: &AuthorizationRequest<'_>) -> Self::Waiting;
}

/// Signs in to a session.
pub struct SignIn<'a, P> {
    /// To what, in the Region where it is: see [`ResolvedStartUrl`](crate::start_url::ResolvedStartUrl).
    pub session: &'a SsoSession,
    /// The start URL that the service goes by.
    pub issuer: &'a StartUrl,
    /// The port for the browser to come back to; `None` for any.
    pub redirect_port: Option<NonZeroU16>,
    /// Where the registration and the token are kept.
    pub cache: &'a TokenCache,
    /// Who issues them.
    pub clients: &'a ServiceClients<'a>,
    /// What time it is.
    pub clock: &'a SharedClock,
    /// Who asks the person.
    pub prompt: P,
}

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    /// Has a person approve, and returns the new token, which is in the cache by then.
    ///
    /// One sign-in at a time: who waits for another's takes the token that came of it, however
    /// short it lives. A token that is there already has to be valid for `min_validity`. The client registration is taken from the cache where it has 15
    /// minutes left and is for this grant. Nobody is asked before it is sure that the token can be
    /// saved.
    ///
    /// # Errors
    ///
    /// [`Error::NotApproved`], [`Error::AuthorizationRefused`], [`Error::UnknownStartUrl`],
    /// [`Error::Oidc`], [`Error::Listen`], [`Error::Cache`].
    pub fn run(&self, grant: SignInGrant, min_validity: Duration) -> Result<CachedToken, Error> {
        self.in_turn(grant, |token| self.is_valid_for(min_validity, token))
    }

    /// Has a person approve although the token may be valid: of what is there already, only what
    /// somebody else got while this waited for its turn is taken.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_forced(&self, grant: SignInGrant) -> Result<CachedToken, Error> {
        self.in_turn(grant, |_| false)
    }

    fn in_turn(
        &self,
        grant: SignInGrant,
        is_good: impl Fn(&CachedToken) -> bool,
    ) -> Result<CachedToken, Error> {
        let key = self.session.token_key();
        let before = or_missing(self.cache.token(&key))?.map(|token| token.access_token);
        let is_new = |token: &CachedToken| {
            before.as_ref() != Some(&token.access_token) && self.is_valid_for(Duration::ZERO, token)
        };
        let _turn = self.cache.lock_login(&key, APPROVAL_TIME)?;
        let now_there = or_missing(self.cache.token(&key))?;
        if let Some(token) = now_there.filter(|token| is_good(token) || is_new(token)) {
            return Ok(token);
        }
        drop(self.cache.lock_token(&key, LOCK_WAIT)?.reserve()?);
        match grant {
            SignInGrant::AuthorizationCode => self.by_authorization_code(),
            SignInGrant::DeviceCode => self.by_device_code(),
        }
    }

    fn is_valid_for(&self, span: Duration, token: &CachedToken) -> bool {
        let now = self.clock.now();
        Freshness::with_min_validity(span, token.expires_at, now) == Freshness::Fresh
    }

    fn for_cache(&self, issued: IssuedToken, registration: &CachedRegistration) -> CachedToken {
        CachedToken {
            start_url: Some(self.session.start_url.clone()),
            region: Some(self.session.region.clone()),
            access_token: issued.access_token,
            expires_at: self.clock.now() + issued.expires_in,
            client_id: Some(registration.client_id.clone()),
            client_secret: Some(registration.client_secret.clone()),
            registration_expires_at: Some(registration.expires_at),
            refresh_token: issued.refresh_token,
        }
    }

    /// Returns what makes an [`Error`] of the service's refusal while doing something.
    fn failed(&self, operation: &'static str) -> impl Fn(OidcError) -> Error {
        move |source| self.clients.explain(Error::Oidc { operation, source })
    }

    /// As [`failed`](Self::failed), for what the service is first asked about the start URL: one
    /// of another Region, or with a typing mistake in it, is a request that it makes no sense of.
    fn failed_for_start_url(&self, operation: &'static str) -> impl Fn(OidcError) -> Error {
        move |source| match source {
            OidcError::InvalidRequest(_) | OidcError::InvalidGrant(_)
                if source.kms_problem().is_none() =>
            {
                self.clients.explain(Error::UnknownStartUrl {
                    start_url: self.issuer.clone(),
                    region: self.session.region.clone(),
                    source: Box::new(source),
                })
            }
            source => self.failed(operation)(source),
        }
    }
}
