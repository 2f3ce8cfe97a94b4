//! The credentials of a role, from the cache or the access portal.

use std::time::Duration;

use sso_config::SsoRole;
use sso_portal::RoleCredentials;
use sso_session::cache::or_missing;
use sso_session::clock::SharedClock;
use sso_session::keys::SessionKeys;
use sso_session::{ServiceClients, TokenProvider};
use token_cache::role_credentials::Origin;
use token_cache::{CachedRoleCredentials, CachedToken, TokenCache};

use crate::credentials::Credentials;
use crate::error::Error;
use crate::keys::RoleKeys;
use crate::role_cache::{IsEnough, RoleCache};

/// Has the credentials of a role: from the cache that is shared with the AWS CLI v2, or from the
/// access portal.
pub struct RoleCredentialsProvider<'a> {
    /// Which role.
    pub role: &'a SsoRole,
    /// Where its credentials and the token are kept.
    pub cache: &'a TokenCache,
    /// Who issues them.
    pub clients: &'a ServiceClients<'a>,
    /// What time it is.
    pub clock: &'a SharedClock,
}

impl<'a> RoleCredentialsProvider<'a> {
    /// Returns credentials that are valid for at least `min_validity`, or were issued just now,
    /// be it to somebody else for whom this waited; such that live shorter come with a warning.
    ///
    /// Cached ones with less than 15 minutes left serve only where there are no others to be had.
    /// Of many processes that want the same role at once, one asks the portal.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] if there is no token or the portal fails; [`Error::RoleRefused`];
    /// [`Error::Cache`].
    pub fn credentials(&self, min_validity: Duration) -> Result<Credentials, Error> {
        let cache = self.cached();
        cache.credentials(min_validity, |is_enough| self.issued_unless(is_enough))
    }

    fn cached(&self) -> RoleCache<'a> {
        RoleCache {
            key: self.role.credentials_key(),
            cache: self.cache,
            clients: self.clients,
            clock: self.clock,
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

    fn issued_unless(&self, is_enough: &IsEnough<'_>) -> Result<CachedRoleCredentials, Error> {
        let cache = self.cached();
        self.tokens().with_token(
            |token| self.issued_for(&cache, token, is_enough),
            Error::is_unauthorized,
        )
    }

    fn issued_for(
        &self,
        cache: &RoleCache<'_>,
        token: &CachedToken,
        is_enough: &IsEnough<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        let ask = || self.ask_portal(token);
        cache.issued_unless(is_enough, ask, || self.is_current(token))
    }

    /// Whether nobody has signed out, or in again, since the token was read: what it brought would
    /// otherwise outlive it in the cache.
    fn is_current(&self, token: &CachedToken) -> bool {
        let now_there = or_missing(self.cache.token(&self.role.session.token_key()));
        let is_same = |found: CachedToken| found.access_token == token.access_token;
        now_there.is_ok_and(|found| found.is_some_and(is_same))
    }

    fn ask_portal(&self, token: &CachedToken) -> Result<CachedRoleCredentials, Error> {
        let SsoRole {
            session,
            account_id,
            role_name,
        } = self.role;
        log::info!("asking for credentials of the role {role_name} in account {account_id}");
        let portal = self.clients.portal(&session.region)?;
        match portal.get_role_credentials(&token.access_token, account_id, role_name) {
            Ok(credentials) => Ok(self.for_cache(credentials)),
            Err(source) if source.is_forbidden() => Err(Error::RoleRefused {
                account_id: account_id.clone(),
                role_name: role_name.clone(),
                source,
            }),
            Err(source) => {
                let operation = "asking for role credentials";
                let error = sso_session::Error::Portal { operation, source };
                Err(self.clients.explain(error).into())
            }
        }
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
