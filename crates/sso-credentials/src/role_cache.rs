//! The cached credentials of one role, and how new ones get there.

use std::time::Duration;

use sso_session::cache::or_missing;
use sso_session::clock::SharedClock;
use sso_session::token::LOCK_WAIT;
use sso_session::{ErrorChain, ServiceClients};
use token_cache::locked::Locked;
use token_cache::{CacheKey, CachedRoleCredentials, Freshness, REFRESH_WINDOW, TokenCache};

use crate::credentials::Credentials;
use crate::error::Error;

/// Where the credentials of one role are cached.
pub(crate) struct RoleCache<'a> {
    pub(crate) key: CacheKey,
    pub(crate) cache: &'a TokenCache,
    pub(crate) clients: &'a ServiceClients<'a>,
    pub(crate) clock: &'a SharedClock,
}

/// Whether cached credentials will do.
pub(crate) type IsEnough<'f> = dyn Fn(&CachedRoleCredentials) -> bool + 'f;

impl RoleCache<'_> {
    /// Returns cached credentials that are valid for at least `min_validity`, else what `issue`
    /// returns, with a warning where that lives shorter.
    ///
    /// Cached ones with less than 15 minutes left serve only where `issue` fails. It is told what
    /// would do, should another process save something meanwhile: what is valid for so long, or
    /// was issued just now.
    pub(crate) fn credentials(
        &self,
        min_validity: Duration,
        issue: impl FnOnce(&IsEnough<'_>) -> Result<CachedRoleCredentials, Error>,
    ) -> Result<Credentials, Error> {
        let cached = self.cache.role_credentials(&self.key);
        let cached = self.cache.corrupt_as_missing(cached)?;
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
        match (issue(&is_enough), &cached) {
            (Ok(issued), _) => {
                self.warn_if_short(&issued, min_validity);
                Ok((&issued).into())
            }
            (Err(error), Some(cached)) if self.is_good(cached, min_validity) => {
                log::warn!("{}; cached credentials serve once more", ErrorChain(&error));
                Ok(cached.into())
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Returns what `ask` does, asked under the lock of the role, unless what is cached by then is
    /// enough. Credentials that cannot be saved, or are not to be kept, are good for this once.
    pub(crate) fn issued_unless(
        &self,
        is_enough: &IsEnough<'_>,
        ask: impl FnOnce() -> Result<CachedRoleCredentials, Error>,
        is_to_be_kept: impl FnOnce() -> bool,
    ) -> Result<CachedRoleCredentials, Error> {
        match self.cache.lock_role_credentials(&self.key, LOCK_WAIT) {
            Ok(locked) => match or_missing(locked.read())? {
                Some(found) if is_enough(&found) => Ok(found),
                _ => {
                    let issued = ask()?;
                    if is_to_be_kept() {
                        save(&locked, &issued);
                    }
                    Ok(issued)
                }
            },
            Err(error) if error.is_locked() => Err(error.into()),
            Err(error) => {
                log::warn!("{}; the credentials are not cached", ErrorChain(&error));
                ask()
            }
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
}

fn save(locked: &Locked<'_, CachedRoleCredentials>, issued: &CachedRoleCredentials) {
    if let Err(error) = locked.reserve().and_then(|pending| pending.commit(issued)) {
        log::warn!("{}; the credentials are not cached", ErrorChain(&error));
    }
}
