//! SSO sessions: token, sign-in, account listing.

use std::num::NonZeroU16;
use std::time::Duration;

use sso_config::sign_in::SignInSettings;
use sso_config::{ConfiguredSessions, SsoSession};
use sso_portal::Account;
use sso_session::keys::SessionKeys;
use sso_session::sign_in::{AuthorizationPrompt, SignIn, SignInGrant, TokenRequirement};
use sso_session::start_url::{ResolvedStartUrl, Trust};
use sso_session::status::SessionStatus;
use sso_session::{ErrorChain, ServiceClients, TokenProvider};
use sso_types::{AccountId, Region, RoleName, StartUrl};
use token_cache::CachedToken;

use super::{Aws, Selection};
use crate::accounts::{self, AccountListing, CheckpointUse, Listing, ListingProgress};
use crate::error::Error;

/// SSO session with its token and accounts.
pub struct Session<'a> {
    aws: &'a Aws,
    settings: SsoSession,
    clients: ServiceClients<'a>,
}

/// Options of a sign-in.
#[derive(Clone, Copy, Debug)]
pub struct SignInOptions {
    /// OAuth grant.
    pub grant: SignInGrant,
    /// Local port for the sign-in redirect; `None` for a free port.
    pub redirect_port: Option<NonZeroU16>,
    /// Required token. A cached token that meets the requirement is returned without a sign-in.
    pub requirement: TokenRequirement,
}

impl<'a> Session<'a> {
    pub(super) fn new(aws: &'a Aws, settings: SsoSession, clients: ServiceClients<'a>) -> Self {
        Self {
            aws,
            settings,
            clients,
        }
    }

    /// Returns the [`Aws`] value that created the session.
    #[must_use]
    pub fn aws(&self) -> &'a Aws {
        self.aws
    }

    /// Returns the session's settings.
    #[must_use]
    pub fn settings(&self) -> &SsoSession {
        &self.settings
    }

    /// Returns the sign-in settings of the session in the config file.
    #[must_use]
    pub fn sign_in_settings(&self) -> SignInSettings<'_> {
        SignInSettings::of(&self.aws.files, &self.settings)
    }

    /// Returns a token that is valid for at least `min_validity`, or a newly issued one. Refreshes
    /// the cached token if needed and possible.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token_valid_for`].
    pub fn token(&self, min_validity: Duration) -> Result<CachedToken, Error> {
        Ok(self.tokens().token_valid_for(min_validity)?)
    }

    /// Returns the cached token while it is valid, refreshed if it expires soon and that needs no wait.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token`].
    pub fn current_token(&self) -> Result<CachedToken, Error> {
        Ok(self.tokens().token()?)
    }

    /// Refreshes the token for another process: see [`TokenProvider::refresh_in_background`].
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token_valid_for`].
    pub fn refresh_in_background(&self) -> Result<(), Error> {
        self.tokens().refresh_in_background()?;
        Ok(())
    }

    /// Returns a token like [`token`](Self::token), in place of a sign-in that may request other
    /// scopes.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token_in_place_of_sign_in`].
    pub fn token_in_place_of_sign_in(&self, min_validity: Duration) -> Result<CachedToken, Error> {
        Ok(self.tokens().token_in_place_of_sign_in(min_validity)?)
    }

    /// Returns the state of the session from the cache, without a request.
    #[must_use]
    pub fn status(&self) -> SessionStatus {
        SessionStatus::of(self.settings.clone(), &self.aws.cache, self.aws.clock.now())
    }

    /// Resolves the start URL. `trusts` decides whether to sign in if the URL redirects to a host
    /// that does not belong to AWS.
    ///
    /// # Errors
    ///
    /// Those of [`ResolvedStartUrl::of`].
    pub fn resolve(&self, trusts: &dyn Fn(&str) -> Trust) -> Result<ResolvedStartUrl, Error> {
        Ok(ResolvedStartUrl::of(&self.settings, &self.clients, trusts)?)
    }

    /// Signs in to `resolved`, caches the token and returns it.
    ///
    /// # Errors
    ///
    /// Those of [`SignIn::run`].
    pub fn sign_in(
        &self,
        resolved: &ResolvedStartUrl,
        options: SignInOptions,
        prompt: impl AuthorizationPrompt,
    ) -> Result<CachedToken, Error> {
        let sign_in = SignIn {
            session: &resolved.session,
            issuer: &resolved.issuer,
            redirect_port: options.redirect_port,
            listeners: &self.aws.redirect_listeners,
            cache: &self.aws.cache,
            clients: &self.clients,
            clock: &self.aws.clock,
            prompt,
        };
        let token = sign_in.run(options.grant, options.requirement)?;
        self.remember_region(&resolved.session);
        Ok(token)
    }

    /// Remembers the Region of the resolved start URL if the config file has another one, because
    /// its correction may fail. Only logs an error.
    fn remember_region(&self, resolved: &SsoSession) {
        let SsoSession {
            start_url, region, ..
        } = resolved;
        if *region == self.settings.region {
            return;
        }
        let key = resolved.token_key();
        let cache = &self.aws.cache;
        if let Err(error) = cache.remember_resolved_region(&key, start_url, region) {
            log::debug!(
                "{}; the Region of the start URL is not remembered",
                ErrorChain(&error)
            );
        }
    }

    /// Ends the access portal session (`Logout`), so that the next sign-in starts a new one.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::end_portal_session`].
    pub fn end_portal_session(&self) -> Result<(), Error> {
        Ok(self.tokens().end_portal_session()?)
    }

    /// Lists the accounts that the session gives access to.
    ///
    /// # Errors
    ///
    /// Those of [`accounts::list_accounts`].
    pub fn list_accounts(&self) -> Result<Vec<Account>, Error> {
        accounts::list_accounts(&self.tokens())
    }

    /// Lists the roles that the user may assume in `account`.
    ///
    /// # Errors
    ///
    /// Those of [`accounts::list_account_roles`].
    pub fn list_account_roles(&self, account: &AccountId) -> Result<Vec<RoleName>, Error> {
        accounts::list_account_roles(&self.tokens(), account)
    }

    /// Lists the accounts that match `filter`, with their roles.
    ///
    /// # Errors
    ///
    /// Those of [`AccountListing::list`].
    pub fn list_roles(
        &self,
        filter: &(dyn Fn(&Account) -> bool + Sync),
        checkpoint: CheckpointUse,
        on_progress: &(dyn Fn(ListingProgress) + Sync),
    ) -> Result<Listing, Error> {
        let listing = AccountListing {
            tokens: &self.tokens(),
            filter,
            checkpoint,
            on_progress,
        };
        listing.list()
    }

    /// Returns the last complete listing with the cached token, of at most one hour ago. Sends no
    /// request. Returns `None` if the session needs a sign-in.
    #[must_use]
    pub fn cached_listing(&self) -> Option<Listing> {
        let token = self.status().token.ok().flatten()?;
        let is_usable = |token: &CachedToken| {
            let now = self.aws.clock.now();
            token.expires_at > now || token.is_refreshable(now)
        };
        Some(token)
            .filter(is_usable)
            .and_then(|token| AccountListing::cached(&self.tokens(), &token))
    }

    /// Calls `attempt`. If its error requires a sign-in, calls `sign_in`. If `sign_in` returns
    /// `true`, retries `attempt` once.
    ///
    /// Unlike [`Aws::retry_after_sign_in`], this method does not read the config files again,
    /// because they need not contain this session.
    ///
    /// # Errors
    ///
    /// Those of `attempt` and `sign_in`.
    pub fn retry_after_sign_in<T, E: From<Error>>(
        &self,
        attempt: impl Fn(&Self) -> Result<T, Error>,
        sign_in: impl FnOnce() -> Result<bool, E>,
    ) -> Result<T, E> {
        match attempt(self) {
            Err(error) if error.is_sign_in_required() => {
                if sign_in()? {
                    Ok(attempt(self)?)
                } else {
                    Err(error.into())
                }
            }
            outcome => Ok(outcome?),
        }
    }

    fn tokens(&self) -> TokenProvider<'_> {
        TokenProvider {
            session: &self.settings,
            cache: &self.aws.cache,
            clients: &self.clients,
            clock: &self.aws.clock,
        }
    }
}

impl Aws {
    /// Resolves `start_url`, which need not be in the config file. If legacy profiles use it, their
    /// network settings apply. `trusts` decides whether to sign in if the URL redirects to a host
    /// that does not belong to AWS.
    ///
    /// # Errors
    ///
    /// Those of [`ResolvedStartUrl::of_start_url`] and
    /// [`profile_in_effect`](Aws::profile_in_effect).
    pub fn resolve_start_url(
        &self,
        start_url: &StartUrl,
        region: Option<Region>,
        trusts: &dyn Fn(&str) -> Trust,
    ) -> Result<ResolvedStartUrl, Error> {
        let is_legacy =
            |session: &SsoSession| session.name.is_none() && session.start_url == *start_url;
        let mut sessions = ConfiguredSessions::of(&self.files).sessions.into_iter();
        let configured = sessions.find(is_legacy);
        let clients = self.clients(&Selection::Default, configured.as_ref())?;
        Ok(ResolvedStartUrl::of_start_url(
            start_url, region, &clients, trusts,
        )?)
    }
}
