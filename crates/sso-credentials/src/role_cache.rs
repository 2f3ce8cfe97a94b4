//! Cache of the credentials of one role.

use std::time::Duration;

use sso_session::cache::or_missing;
use sso_session::clock::SharedClock;
use sso_session::{ErrorChain, ServiceClients};
use sso_types::AccountId;
use token_cache::locked::Locked;
use token_cache::{
    CacheError, CacheKey, CachedRoleCredentials, Freshness, REFRESH_WINDOW, TokenCache,
};

use crate::credentials::Credentials;
use crate::error::Error;
use crate::expiry::expiry;

pub(crate) struct RoleCache<'a> {
    pub(crate) key: CacheKey,
    pub(crate) cache: &'a TokenCache,
    pub(crate) clients: &'a ServiceClients<'a>,
    pub(crate) clock: &'a SharedClock,
    /// Credentials that STS has refused, which count as missing.
    pub(crate) refused: Option<&'a Credentials>,
}

/// Credentials of a role.
pub(crate) struct Obtained {
    pub(crate) credentials: Credentials,
    /// True if they were issued before this call, so that others may be accepted where they are
    /// refused.
    pub(crate) is_cached: bool,
}

impl Obtained {
    pub(crate) fn cached(cached: &CachedRoleCredentials) -> Self {
        Self {
            credentials: cached.into(),
            is_cached: true,
        }
    }

    /// Adds the account of the role, which cache files of other programs lack.
    pub(crate) fn of_account(mut self, account_id: Option<AccountId>) -> Self {
        let credentials = &mut self.credentials;
        credentials.account_id = credentials.account_id.take().or(account_id);
        self
    }

    pub(crate) fn issued(credentials: Credentials) -> Self {
        Self {
            credentials,
            is_cached: false,
        }
    }
}

pub(crate) type CachePredicate<'f> = dyn Fn(&CachedRoleCredentials) -> bool + 'f;

/// Lock of a role, or the reason why it could not be acquired.
pub(crate) type LockedRole<'a> = Result<Locked<'a, CachedRoleCredentials>, CacheError>;

impl RoleCache<'_> {
    /// Returns cached credentials that are valid for at least `min_validity`, else the result of
    /// `issue`. Logs a warning if newly issued credentials expire sooner.
    ///
    /// Cached credentials with less than 15 minutes left are returned only if `issue` fails. The
    /// predicate that `issue` receives accepts cached credentials that are valid for long enough.
    /// It also accepts credentials that another process has cached meanwhile, until they expire.
    pub(crate) fn credentials(
        &self,
        min_validity: Duration,
        issue: impl FnOnce(&CachePredicate<'_>) -> Result<CachedRoleCredentials, Error>,
    ) -> Result<Obtained, Error> {
        let cached = self.read()?;
        if let Some(cached) = &cached
            && self.is_valid_for(cached, min_validity.max(REFRESH_WINDOW))
        {
            return Ok(Obtained::cached(cached));
        }
        let is_acceptable = |found: &CachedRoleCredentials| {
            let is_new = cached.as_ref() != Some(found);
            !self.is_refused(found)
                && (self.is_valid_for(found, min_validity.max(REFRESH_WINDOW))
                    || is_new && self.is_valid_for(found, Duration::ZERO))
        };
        match (issue(&is_acceptable), &cached) {
            (Ok(issued), _) => {
                self.warn_if_short_lived(&issued, min_validity);
                Ok(Obtained::issued((&issued).into()))
            }
            (Err(error), Some(cached)) if self.is_valid_for(cached, min_validity) => {
                log::warn!(
                    "{}; using cached credentials that expire soon",
                    ErrorChain(&error)
                );
                Ok(Obtained::cached(cached))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Locks the role. Waits for a holder of the lock that sends a request, and may have to wait for
    /// `pause` before.
    pub(crate) fn lock(&self, pause: Duration) -> LockedRole<'_> {
        let timeout = self.cache.lock_timeout().saturating_add(pause);
        self.cache.lock_role_credentials(&self.key, timeout)
    }

    /// Returns acceptable cached credentials, read under the lock of the role, else the result of
    /// `issue`. Caches the result only while `may_cache` returns `true`, which depends on the token
    /// that the result was issued for. Logs a warning if the result cannot be cached.
    pub(crate) fn cached_or_issued(
        locked: LockedRole<'_>,
        is_acceptable: &CachePredicate<'_>,
        issue: impl FnOnce() -> Result<CachedRoleCredentials, Error>,
        may_cache: impl Fn() -> bool,
    ) -> Result<CachedRoleCredentials, Error> {
        match locked {
            Ok(locked) => match or_missing(locked.read())? {
                Some(found) if is_acceptable(&found) => Ok(found),
                _ => {
                    let issued = issue()?;
                    save(&locked, &issued, may_cache);
                    Ok(issued)
                }
            },
            Err(error) if error.is_locked() => Err(error.into()),
            Err(error) => {
                log::warn!("{}; the credentials are not cached", ErrorChain(&error));
                issue()
            }
        }
    }

    fn read(&self) -> Result<Option<CachedRoleCredentials>, Error> {
        let cached = self.cache.role_credentials(&self.key);
        let cached = self.cache.corrupt_as_missing(cached)?;
        Ok(cached.filter(|found| !self.is_refused(found)))
    }

    fn is_refused(&self, cached: &CachedRoleCredentials) -> bool {
        let refused = self.refused.map(|refused| &refused.access_key_id);
        refused == Some(&cached.access_key_id)
    }

    fn is_valid_for(&self, cached: &CachedRoleCredentials, min_validity: Duration) -> bool {
        let now = self.clock.now();
        Freshness::with_min_validity(min_validity, cached.expires_at, now) == Freshness::Fresh
    }

    fn warn_if_short_lived(&self, issued: &CachedRoleCredentials, min_validity: Duration) {
        if self.is_valid_for(issued, min_validity) {
            return;
        }
        let clock = self
            .clients
            .clock_skew()
            .map_or("", |_| "; the local clock is wrong");
        log::warn!(
            "the newly issued credentials {}{clock}",
            expiry(issued.expires_at, self.clock.now())
        );
    }
}

fn save(
    locked: &Locked<'_, CachedRoleCredentials>,
    issued: &CachedRoleCredentials,
    may_cache: impl Fn() -> bool,
) {
    let pending = locked.reserve();
    let saved = pending.and_then(|pending| pending.commit_if(issued, &may_cache));
    let checked = saved.and_then(|is_saved| {
        // A tool without locks may have signed out between the check and the write.
        if is_saved && !may_cache() {
            locked.remove()?;
        }
        Ok(())
    });
    if let Err(error) = checked {
        log::warn!("{}; the credentials are not cached", ErrorChain(&error));
    }
}
