use std::cell::Cell;

use time::OffsetDateTime;

use super::grant::RefreshGrant;
use super::protocol::RefreshSteps;
use crate::cache::{LOCK_TIMEOUT, TokenCache};
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::key::CacheKey;
use crate::locked::{Locked, PendingWrite};
use crate::token::CachedToken;

pub(super) struct CacheSteps<'a, U, N, R> {
    cache: &'a TokenCache,
    key: &'a CacheKey,
    usable: U,
    now: N,
    request: Cell<Option<R>>,
    /// True if the token that was read last has not expired.
    is_valid: Cell<bool>,
}

impl<'a, U, N, R> CacheSteps<'a, U, N, R> {
    pub(super) fn new(
        cache: &'a TokenCache,
        key: &'a CacheKey,
        usable: U,
        now: N,
        request: R,
    ) -> Self {
        Self {
            cache,
            key,
            usable,
            now,
            request: Cell::new(Some(request)),
            is_valid: Cell::new(false),
        }
    }
}

impl<'a, U, N, R, E> RefreshSteps for CacheSteps<'a, U, N, R>
where
    U: Fn(CachedToken) -> Option<CachedToken>,
    N: Fn() -> OffsetDateTime,
    R: FnOnce(&CachedToken, RefreshGrant<'_>) -> Result<Option<CachedToken>, E>,
    E: From<CacheError>,
{
    type Lock = Locked<'a, CachedToken>;
    type Reservation<'lock>
        = PendingWrite<'lock, CachedToken>
    where
        Self: 'lock;
    type Error = E;

    fn now(&self) -> OffsetDateTime {
        (self.now)()
    }

    fn read(&self) -> Result<Option<CachedToken>, E> {
        let read = self.cache.token(self.key);
        let cached = self.cache.corrupt_as_missing(read)?;
        let usable = cached.and_then(&self.usable);
        let expires_at = usable.as_ref().map(|token| token.expires_at);
        self.is_valid
            .set(expires_at.is_some_and(|at| at > self.now()));
        Ok(usable)
    }

    fn lock(&self) -> Result<Self::Lock, E> {
        let longest = self.cache.lock_timeout();
        let timeout = if self.is_valid.get() {
            longest.min(LOCK_TIMEOUT)
        } else {
            longest
        };
        Ok(self.cache.lock_token(self.key, timeout)?)
    }

    fn reserve<'lock>(&'lock self, lock: &'lock Self::Lock) -> Result<Self::Reservation<'lock>, E> {
        Ok(lock.reserve()?)
    }

    fn request(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
    ) -> Result<Option<CachedToken>, E> {
        let request = self.request.take();
        let request = request.expect("the protocol sends at most one request");
        request(old, grant)
    }

    fn save<'lock>(
        &'lock self,
        reservation: Self::Reservation<'lock>,
        old: &CachedToken,
        new: &CachedToken,
    ) {
        if let Err(error) = reservation.commit_in_place_of(old, new) {
            self.cache
                .report(CacheEvent::RefreshedTokenNotSaved { error });
        }
    }
}
