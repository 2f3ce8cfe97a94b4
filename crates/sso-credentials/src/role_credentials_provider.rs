//! The credentials of a role, from the cache or the access portal.

use std::time::Duration;

use sso_portal::RoleCredentials;
use sso_types::{AccountId, Secret};
use time::OffsetDateTime;
use token_cache::{
    CachedRoleCredentials, CachedToken, Freshness, Locked, Origin, REFRESH_WINDOW, TokenCache,
};

use crate::cached::{or_absent, or_absent_with_a_word, with_causes};
use crate::token_provider::LOCK_WAIT;
use crate::{Clock, Error, ServiceClients, SignInReason, SsoRole, TokenProvider};

/// Credentials for AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The access key's identifier, which is no secret.
    pub access_key_id: String,
    /// The access key itself.
    pub secret_access_key: Secret,
    /// What goes with a temporary key.
    pub session_token: Option<Secret>,
    /// Until when they are valid; `None` where they do not expire.
    pub expires_at: Option<OffsetDateTime>,
    /// The account that they are for, where it is known.
    pub account_id: Option<AccountId>,
}

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
    pub clock: &'a dyn Clock,
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
    /// Those of [`TokenProvider::token`]; [`Error::RoleRefused`]; [`Error::Portal`].
    pub fn credentials(&self, min_validity: Duration) -> Result<Credentials, Error> {
        let cached =
            or_absent_with_a_word(self.cache.role_credentials(&self.role.credentials_key()))?;
        if let Some(cached) = &cached
            && self.is_good(cached, min_validity.max(REFRESH_WINDOW))
        {
            return Ok(cached.into());
        }
        let is_enough = |found: &CachedRoleCredentials| {
            let is_new = cached.as_ref() != Some(found);
            self.is_good(found, min_validity.max(REFRESH_WINDOW))
                || is_new && self.is_good(found, Duration::ZERO)
        };
        match (self.issued_unless(is_enough), &cached) {
            (Ok(issued), _) => {
                self.warn_if_short(&issued, min_validity);
                Ok((&issued).into())
            }
            (Err(error), Some(cached)) if self.is_good(cached, min_validity) => {
                log::warn!(
                    "{}; cached credentials serve once more",
                    with_causes(&error)
                );
                Ok(cached.into())
            }
            (Err(error), _) => Err(error),
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

    fn is_good(&self, cached: &CachedRoleCredentials, min_validity: Duration) -> bool {
        let now = self.clock.now();
        Freshness::with_min_validity(min_validity, cached.expires_at, now) == Freshness::Fresh
    }

    fn warn_if_short(&self, issued: &CachedRoleCredentials, min_validity: Duration) {
        if self.is_good(issued, min_validity) {
            return;
        }
        let left = issued.expires_at - self.clock.now();
        let clock = self
            .clients
            .clock_skew()
            .map_or("", |_| "; the clock of this machine is off");
        log::warn!(
            "the credentials just issued are valid for {} minutes only{clock}",
            left.whole_minutes()
        );
    }

    /// A token that looked valid and is refused is replaced once.
    fn issued_unless(
        &self,
        is_enough: impl Fn(&CachedRoleCredentials) -> bool,
    ) -> Result<CachedRoleCredentials, Error> {
        let token = self.tokens().token()?;
        match self.issued_for(&token, &is_enough) {
            Err(error) if error.is_unauthorized() => {
                let token = self.tokens().token_instead_of(&token.access_token)?;
                self.issued_for(&token, &is_enough).map_err(|error| {
                    if error.is_unauthorized() {
                        self.tokens().sign_in_required(SignInReason::Revoked)
                    } else {
                        error
                    }
                })
            }
            outcome => outcome,
        }
    }

    /// Asks the portal under the lock of the role, unless what is cached by then is enough.
    /// Credentials that cannot be saved are good for this once.
    fn issued_for(
        &self,
        token: &CachedToken,
        is_enough: impl Fn(&CachedRoleCredentials) -> bool,
    ) -> Result<CachedRoleCredentials, Error> {
        match self
            .cache
            .lock_role_credentials(&self.role.credentials_key(), LOCK_WAIT)
        {
            Ok(locked) => match or_absent(locked.read())? {
                Some(found) if is_enough(&found) => Ok(found),
                _ => {
                    let issued = self.ask_portal(token)?;
                    if self.is_current(token) {
                        save(&locked, &issued);
                    }
                    Ok(issued)
                }
            },
            Err(error) if error.is_locked() => Err(error.into()),
            Err(error) => {
                log::warn!("{}; the credentials are not cached", with_causes(&error));
                self.ask_portal(token)
            }
        }
    }

    /// Whether nobody has signed out, or in again, since the token was read: what it brought would
    /// otherwise outlive it in the cache.
    fn is_current(&self, token: &CachedToken) -> bool {
        let now_there = or_absent(self.cache.token(&self.role.session.token_key()));
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
                Err(self.clients.explain(Error::Portal { operation, source }))
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

fn save(locked: &Locked<'_, CachedRoleCredentials>, issued: &CachedRoleCredentials) {
    if let Err(error) = locked.prepare_write().and_then(|slot| slot.commit(issued)) {
        log::warn!("{}; the credentials are not cached", with_causes(&error));
    }
}

impl From<&CachedRoleCredentials> for Credentials {
    fn from(cached: &CachedRoleCredentials) -> Self {
        let session_token = Some(cached.session_token.clone());
        Self {
            access_key_id: cached.access_key_id.clone(),
            secret_access_key: cached.secret_access_key.clone(),
            session_token: session_token.filter(|token| !token.expose().is_empty()),
            expires_at: Some(cached.expires_at),
            account_id: cached.account_id.clone(),
        }
    }
}
