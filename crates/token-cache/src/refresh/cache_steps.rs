use std::cell::{Cell, RefCell};
use std::time::Duration;

use time::OffsetDateTime;

use super::background::{Background, StartBackground};
use super::clock::RefreshClock;
use super::error::RequestError;
use super::grant::RefreshGrant;
use super::protocol::{EarlyFailure, RefreshSteps};
use super::response::RefreshResponse;
use crate::cache::{LOCK_TIMEOUT, TokenCache};
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::failed_refresh::FailedRefresh;
use crate::key::CacheKey;
use crate::locked::{Locked, PendingWrite};
use crate::refusal::Refusal;
use crate::token::CachedToken;

pub(super) struct CacheSteps<'a, U, N, P, R>
where
    N: Fn() -> OffsetDateTime,
    P: Fn(Duration),
{
    cache: &'a TokenCache,
    key: &'a CacheKey,
    usable: U,
    clock: RefreshClock<N, P>,
    request: RefCell<R>,
    start_background: Option<&'a StartBackground<'a>>,
    has_requested: Cell<bool>,
    /// True if the token that was read last has not expired.
    is_valid: Cell<bool>,
}

impl<'a, U, N, P, R> CacheSteps<'a, U, N, P, R>
where
    N: Fn() -> OffsetDateTime,
    P: Fn(Duration),
{
    pub(super) fn new(
        cache: &'a TokenCache,
        key: &'a CacheKey,
        usable: U,
        clock: RefreshClock<N, P>,
        request: R,
    ) -> Self {
        Self {
            cache,
            key,
            usable,
            clock,
            request: RefCell::new(request),
            start_background: None,
            has_requested: Cell::new(false),
            is_valid: Cell::new(false),
        }
    }

    pub(super) fn or_in_background(self, start: Option<&'a StartBackground<'a>>) -> Self {
        Self {
            start_background: start,
            ..self
        }
    }
}

impl<'a, U, N, P, R, T, E> RefreshSteps for CacheSteps<'a, U, N, P, R>
where
    U: Fn(CachedToken) -> Option<CachedToken>,
    N: Fn() -> OffsetDateTime,
    P: Fn(Duration),
    R: FnMut(&CachedToken, RefreshGrant<'_>) -> Result<T, E>,
    T: Into<RefreshResponse<E>>,
    E: RequestError,
{
    type Lock = Locked<'a, CachedToken>;
    type Reservation<'lock>
        = PendingWrite<'lock, CachedToken>
    where
        Self: 'lock;
    type Background = Background;
    type Error = E;

    fn now(&self) -> OffsetDateTime {
        (self.clock.now)()
    }

    /// Reports a corrupt token only before the request. After it, another tool may be writing one.
    fn read(&self) -> Result<Option<CachedToken>, E> {
        let cached = match self.cache.token(self.key) {
            Err(error) if error.is_corrupt() && self.has_requested.get() => None,
            read => self.cache.corrupt_as_missing(read)?,
        };
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

    fn try_lock(&self) -> Result<Option<Self::Lock>, E> {
        match self.cache.lock_token(self.key, Duration::ZERO) {
            Ok(lock) => Ok(Some(lock)),
            Err(error) if error.is_locked() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn reserve<'lock>(&'lock self, lock: &'lock Self::Lock) -> Result<Self::Reservation<'lock>, E> {
        Ok(lock.reserve()?)
    }

    fn request(&self, old: &CachedToken, grant: RefreshGrant<'_>) -> Result<RefreshResponse<E>, E> {
        self.has_requested.set(true);
        let request = &mut *self.request.borrow_mut();
        request(old, grant).map(Into::into)
    }

    fn save<'lock>(
        &'lock self,
        reservation: Self::Reservation<'lock>,
        old: &CachedToken,
        new: &CachedToken,
    ) -> bool {
        let Err(error) = reservation.commit_in_place_of(old, new) else {
            return true;
        };
        let is_superseded = matches!(error, CacheError::ChangedDuringRefresh { .. });
        self.cache
            .report(CacheEvent::RefreshedTokenNotSaved { error });
        !is_superseded
    }

    fn pause(&self, duration: Duration) -> Result<(), E> {
        (self.clock.sleep)(duration);
        Ok(())
    }

    /// Ignores errors: if it is not remembered, the next process repeats the request.
    fn remember_end(&self, old: &CachedToken) -> Result<(), E> {
        let refusal = Refusal::OF_REFRESH_TOKEN;
        let _ = self
            .cache
            .remember_refusal(self.key, &old.access_token, refusal);
        Ok(())
    }

    fn has_failed_lately(&self, token: &CachedToken) -> bool {
        let last = self.cache.failed_refresh(self.key, token);
        last.is_some_and(|last| last.is_recent(self.now()))
    }

    /// Ignores errors: if it is not remembered, the next process starts another refresh, and finds the
    /// lock or the new token.
    fn claim(&self, due: &CachedToken) -> bool {
        let claimed = self
            .cache
            .remember_started_refresh(self.key, due, self.now());
        claimed.unwrap_or(true)
    }

    fn start_in_background(&self) -> Option<Background> {
        self.start_background?()
    }

    fn wait_for(&self, background: Background) {
        background();
    }

    fn retry_after(&self, error: &E) -> Option<Duration> {
        error.retry_after()
    }

    /// Ignores errors: if it is not remembered, the next process repeats the request.
    fn remember_failure(&self, old: &CachedToken, failure: EarlyFailure) -> bool {
        let now = self.now();
        let last = self.cache.failed_refresh(self.key, old);
        let failure = FailedRefresh {
            failed_at: now,
            is_rejected: failure == EarlyFailure::Rejected,
            retry_after: match failure {
                EarlyFailure::Failed { retry_after } => retry_after,
                EarlyFailure::Rejected => None,
            },
            restarted_at: None,
        };
        let _ = self.cache.remember_failed_refresh(self.key, old, failure);
        failure.is_rejected && last.is_some_and(|last| last.is_confirmed_by_rejection(now))
    }
}
