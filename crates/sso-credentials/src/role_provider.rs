//! Credentials of an IAM Identity Center role, from the cache or the access portal.

use std::time::Duration;

use sso_config::SsoRole;
use sso_portal::{PortalError, RoleCredentials};
use sso_session::cache::or_missing;
use sso_session::clock::SharedClock;
use sso_session::keys::SessionKeys;
use sso_session::{ServiceClients, TokenProvider};
use sso_transport::Service;
use token_cache::role_credentials::Origin;
use token_cache::{CachedRoleCredentials, CachedToken, TokenCache};

use crate::accounts::available_access;
use crate::credentials::Credentials;
use crate::error::{Error, RoleRefusal};
use crate::expiry::is_plausible;
use crate::keys::RoleKeys;
use crate::pace::{Pace, THROTTLING_TIMEOUT};
use crate::role_cache::{CachePredicate, Obtained, RoleCache};

/// Time limit of each request for the access that a session has instead of a refused role. An error
/// waits for it.
const AVAILABLE_ACCESS_TIMEOUT: Duration = Duration::from_secs(5);

/// Provider of role credentials from the access portal, with the cache of the AWS CLI v2.
pub struct RoleCredentialsProvider<'a> {
    /// Account and role of a session.
    pub role: &'a SsoRole,
    /// Cache of the credentials and the token.
    pub cache: &'a TokenCache,
    /// Clients for the token and the credentials.
    pub clients: &'a ServiceClients<'a>,
    /// Clock for expiry times.
    pub clock: &'a SharedClock,
}

impl<'a> RoleCredentialsProvider<'a> {
    /// Returns credentials that are valid for at least `min_validity`, or newly issued ones. Logs a
    /// warning if newly issued credentials expire sooner.
    ///
    /// Cached credentials with less than 15 minutes left are returned only if no new ones can be
    /// issued. If several processes need the same role at once, one of them sends the request. Its
    /// credentials count as newly issued for the others too. All processes of a user together
    /// observe the rate limit of the access portal, and wait for it.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] if there is no valid token or the access portal fails;
    /// [`Error::RoleRefused`]; [`Error::Cache`].
    pub fn credentials(&self, min_validity: Duration) -> Result<Credentials, Error> {
        Ok(self.obtain(min_validity, None)?.credentials)
    }

    /// Does the same as [`credentials`](Self::credentials). Cached credentials that STS has `refused`
    /// count as missing.
    pub(crate) fn obtain(
        &self,
        min_validity: Duration,
        refused: Option<&Credentials>,
    ) -> Result<Obtained, Error> {
        let obtained = self
            .role_cache(refused)
            .credentials(min_validity, |is_acceptable| {
                self.cached_or_issued(is_acceptable)
            });
        Ok(obtained?.of_account(Some(self.role.account_id.clone())))
    }

    fn role_cache<'r>(&'r self, refused: Option<&'r Credentials>) -> RoleCache<'r> {
        RoleCache {
            key: self.role.credentials_key(),
            cache: self.cache,
            clients: self.clients,
            clock: self.clock,
            refused,
        }
    }

    fn tokens(&self) -> TokenProvider<'a> {
        let Self {
            role,
            cache,
            clients,
            clock,
        } = *self;
        TokenProvider {
            session: &role.session,
            cache,
            clients,
            clock,
        }
    }

    fn cached_or_issued(
        &self,
        is_acceptable: &CachePredicate<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        let cache = self.role_cache(None);
        self.tokens().with_token(
            |token| self.cached_or_issued_for(&cache, token, is_acceptable),
            Error::is_unauthorized,
        )
    }

    fn cached_or_issued_for(
        &self,
        cache: &RoleCache<'_>,
        token: &CachedToken,
        is_acceptable: &CachePredicate<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        let pace = Pace::of(&self.tokens(), token);
        let issue = || self.get_role_credentials(token, &pace);
        let locked = cache.lock(THROTTLING_TIMEOUT);
        RoleCache::cached_or_issued(locked, is_acceptable, issue, || self.is_current(token))
    }

    /// Returns whether the cache still contains the token. After a sign-out or another sign-in, the
    /// credentials of the old token must not be cached, because they would outlive it.
    fn is_current(&self, token: &CachedToken) -> bool {
        let cached_token = or_missing(self.cache.token(&self.role.session.token_key()));
        let is_same = |found: CachedToken| found.access_token == token.access_token;
        cached_token.is_ok_and(|found| found.is_some_and(is_same))
    }

    fn get_role_credentials(
        &self,
        token: &CachedToken,
        pace: &Pace<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        let SsoRole {
            account_id,
            role_name,
            ..
        } = self.role;
        log::info!("requesting credentials for role {role_name} in account {account_id}");
        let portal = pace.portal(self.clients, self.tokens().region_of(token))?;
        match portal.get_role_credentials(&token.access_token, account_id, role_name) {
            Ok(credentials) if self.has_plausible_expiration(&credentials) => {
                Ok(self.for_cache(credentials))
            }
            Ok(_) => {
                let field = "expiration";
                Err(self.failed(PortalError::UnexpectedResponse { field }))
            }
            Err(source) if source.is_forbidden() => Err(self.refused(token, source)?),
            Err(source) => Err(self.failed(source)),
        }
    }

    fn refused(&self, token: &CachedToken, source: PortalError) -> Result<Error, Error> {
        let SsoRole {
            session,
            account_id,
            role_name,
        } = self.role.clone();
        let tokens = self.tokens();
        let region = tokens.region_of(token);
        let connection = self.clients.connect(Service::SsoPortal, region)?;
        let available = available_access(
            self.clients.transport_within(AVAILABLE_ACCESS_TIMEOUT)?,
            connection.endpoint,
            &token.access_token,
            &account_id,
        );
        let refusal = Box::new(RoleRefusal {
            session,
            account_id,
            role_name,
            available,
        });
        Ok(Error::RoleRefused { refusal, source })
    }

    fn has_plausible_expiration(&self, credentials: &RoleCredentials) -> bool {
        let RoleCredentials {
            expires_at,
            responded_at,
            ..
        } = *credentials;
        is_plausible(expires_at, responded_at, self.clock.now())
    }

    fn failed(&self, source: PortalError) -> Error {
        let operation = "GetRoleCredentials";
        let error = sso_session::Error::Portal { operation, source };
        self.clients.explain(error).into()
    }

    fn for_cache(&self, credentials: RoleCredentials) -> CachedRoleCredentials {
        CachedRoleCredentials {
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key,
            session_token: credentials.session_token,
            expires_at: credentials.expires_at,
            account_id: Some(self.role.account_id.clone()),
            origin: Origin::Sso {
                token_key: Some(self.role.session.token_key()),
            },
        }
    }
}
