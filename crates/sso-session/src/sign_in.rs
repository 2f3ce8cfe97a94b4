//! Sign-in: the user approves an authorization request, and the service issues a token.

mod authorization_code;
pub(crate) mod callback;
mod device_code;
mod registration;

mod portal_session;
mod save;

use std::num::NonZeroU16;
use std::time::Duration;

use sso_config::SsoSession;
use sso_oidc::{DeviceAuthorization, IssuedToken, OidcError};
use sso_types::StartUrl;
use token_cache::{CacheError, CacheKey, CachedRegistration, CachedToken, Freshness, TokenCache};

use crate::cache::or_missing;
use crate::clients::ServiceClients;
use crate::clock::SharedClock;
use crate::error::Error;
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;
use crate::sign_out::{CHECKPOINT_SUFFIX, LISTING_SUFFIX};
use crate::unconfirmed_client::forget_unconfirmed_client;
use crate::usable_token::{cached_token, has_requested_scopes};

pub use callback::{PasteBack, PasteError, RedirectListeners};
pub use sso_config::sign_in::{BrowserSetting, SignInSettings};

/// Time limit for the approval in the browser.
pub const APPROVAL_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// OAuth grant of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInGrant {
    /// Authorization code grant with PKCE and a loopback redirect (RFC 7636, RFC 8252).
    AuthorizationCode,
    /// Device authorization grant (RFC 8628).
    DeviceCode,
}

/// Authorization request for the user to approve.
#[derive(Debug)]
pub enum AuthorizationRequest<'a> {
    /// Approval in a browser that is redirected to a local port. If the redirect cannot reach this
    /// machine, the user can paste its URL.
    Browser {
        /// URL to open.
        url: &'a str,
        /// Receiver of a pasted URL.
        paste_back: PasteBack,
        /// Time limit for the approval.
        timeout: Duration,
    },
    /// Approval on any device, with a user code.
    UserCode(&'a DeviceAuthorization),
}

/// Prompt that asks the user to approve the sign-in.
pub trait AuthorizationPrompt {
    /// Value that is dropped when the wait for the approval ends.
    type Guard;

    /// Shows the request, opens a browser if configured, and returns without waiting.
    fn show(&self, request: &AuthorizationRequest<'_>) -> Self::Guard;

    /// Warns that the token cannot be saved. The user has `timeout` to fix the cause; the sign-in then
    /// continues. Is called after [`show`](Self::show).
    fn token_not_saved_yet(&self, error: &Error, timeout: Duration);

    /// Waits for `pause` before the next request for the token of a device code. Returns true as soon as the user
    /// cancels the sign-in. Is called after [`show`](Self::show).
    fn is_cancelled_within(&self, pause: Duration, clock: &SharedClock) -> bool {
        clock.sleep(pause);
        false
    }
}

/// Requirement for the token that a sign-in returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRequirement {
    /// Token with this minimum remaining lifetime, which may be cached.
    ValidFor(Duration),
    /// Token of this sign-in, or of a sign-in by another process during the wait for the lock.
    New,
}

/// Sign-in to a session.
pub struct SignIn<'a, P> {
    /// Session in its actual Region: see [`ResolvedStartUrl`](crate::start_url::ResolvedStartUrl).
    pub session: &'a SsoSession,
    /// Start URL of the IAM Identity Center instance.
    pub issuer: &'a StartUrl,
    /// Local port for the redirect; `None` for any.
    pub redirect_port: Option<NonZeroU16>,
    /// Listeners for the redirects of all sign-ins of the program.
    pub listeners: &'a RedirectListeners,
    /// Cache of the client registration and the token.
    pub cache: &'a TokenCache,
    /// Clients for the services.
    pub clients: &'a ServiceClients<'a>,
    /// Clock for expiry times and polling.
    pub clock: &'a SharedClock,
    /// Prompt to the user.
    pub prompt: P,
}

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    /// Prompts the user, saves the new token in the cache and returns it. Returns a cached token
    /// that meets `requirement` without a prompt.
    ///
    /// Only one sign-in per session runs at a time. A process that waited for another sign-in
    /// returns the token of that sign-in, even if the token expires sooner than required. A cached
    /// client registration is used if it is valid for at least 15 minutes and was registered for
    /// `grant`. Checks before the prompt that the token can be saved, and that the CA bundle can be
    /// used.
    ///
    /// If the service rejects a cached client registration, registers a new client and continues. An
    /// unknown client causes an error only in the browser. Therefore a sign-in in the browser that
    /// does not succeed, even if the process is killed, makes the next sign-in register a new client.
    ///
    /// # Errors
    ///
    /// [`Error::NotApproved`], [`Error::AuthorizationRefused`], [`Error::UnknownStartUrl`],
    /// [`Error::Oidc`], [`Error::Listen`], [`Error::CaBundle`], [`Error::Proxy`],
    /// [`Error::Cache`], [`Error::Cancelled`].
    pub fn run(
        &self,
        grant: SignInGrant,
        requirement: TokenRequirement,
    ) -> Result<CachedToken, Error> {
        let key = self.session.token_key();
        let before = or_missing(self.cache.token(&key))?.map(|token| token.access_token);
        let last_sign_in = self.cache.last_sign_in(&key);
        // A refresh also replaces the token, but is not a sign-in.
        let is_new = |token: &CachedToken| {
            before.as_ref() != Some(&token.access_token)
                && self.cache.last_sign_in(&key) != last_sign_in
                && self.is_valid_for(Duration::ZERO, token)
        };
        let is_sufficient = |token: &CachedToken| match requirement {
            TokenRequirement::ValidFor(min_validity) => {
                self.is_valid_for(min_validity, token)
                    && has_requested_scopes(self.session, self.cache, token)
            }
            TokenRequirement::New => false,
        };
        let _lock = self.cache.lock_login(&key, self.max_duration())?;
        let cached = or_missing(cached_token(self.session, self.cache, self.clock.now()))?;
        if let Some(token) = cached.filter(|token| is_sufficient(token) || is_new(token)) {
            return Ok(token);
        }
        self.check_token_can_be_saved(&key)?;
        self.clients.check_ca_bundle()?;
        let token = match grant {
            SignInGrant::AuthorizationCode => self.by_authorization_code(),
            SignInGrant::DeviceCode => self.by_device_code(),
        }?;
        forget_unconfirmed_client(self.session, self.cache);
        self.remember_sign_in(&key, &token);
        self.forget_listing(&key);
        Ok(token)
    }

    /// Only logs an error, because without the entry another process signs in too.
    fn remember_sign_in(&self, key: &CacheKey, token: &CachedToken) {
        if let Err(error) = self.cache.remember_sign_in(key, token) {
            log::debug!("{}; the sign-in is not remembered", ErrorChain(&error));
        }
    }

    /// Removes an account listing and its checkpoint, which may be another user's. The errors are
    /// ignored, because these files are not used with another token.
    fn forget_listing(&self, key: &CacheKey) {
        for suffix in [CHECKPOINT_SUFFIX, LISTING_SUFFIX] {
            let _ = self.cache.remove_state(key, suffix);
        }
    }

    /// Does not wait for another process that holds the lock, because a token is saved without it if
    /// necessary.
    fn check_token_can_be_saved(&self, key: &CacheKey) -> Result<(), CacheError> {
        match self.cache.lock_token(key, Duration::ZERO) {
            Err(error) if !error.is_locked() => return Err(error),
            locked => drop(locked),
        }
        drop(self.cache.reserve_token(key)?);
        Ok(())
    }

    /// Returns the maximum duration of a sign-in: the wait for the approval, and the requests of a
    /// registration, a device authorization and a token.
    fn max_duration(&self) -> Duration {
        APPROVAL_TIMEOUT.saturating_add(self.cache.lock_timeout().saturating_mul(3))
    }

    fn is_valid_for(&self, min_validity: Duration, token: &CachedToken) -> bool {
        let now = self.clock.now();
        Freshness::with_min_validity(min_validity, token.expires_at, now) == Freshness::Fresh
    }

    fn for_cache(&self, issued: IssuedToken, registration: &CachedRegistration) -> CachedToken {
        CachedToken {
            start_url: Some(self.session.start_url.clone()),
            region: Some(self.session.region.clone()),
            expires_at: issued.expires_at(self.clock.now()),
            access_token: issued.access_token,
            client_id: Some(registration.client_id.clone()),
            client_secret: Some(registration.client_secret.clone()),
            registration_expires_at: Some(registration.expires_at),
            refresh_token: issued.refresh_token,
        }
    }

    /// Returns a function that adds `operation` to an error of the OIDC service.
    fn failed(&self, operation: &'static str) -> impl Fn(OidcError) -> Error {
        move |source| self.clients.explain(Error::Oidc { operation, source })
    }

    /// Like [`failed`](Self::failed), for the first request with the start URL. If the start URL is
    /// misspelled or in another Region, the service returns `invalid_request` or `invalid_grant`.
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
