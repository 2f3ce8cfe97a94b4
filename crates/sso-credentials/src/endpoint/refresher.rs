//! Credentials that a background thread refreshes before they expire.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sso_session::clock::SharedClock;
use sso_session::threads;
use time::OffsetDateTime;

use crate::credentials::Credentials;

/// Time before expiry at which credentials are refreshed. It exceeds botocore's 15 minutes, so that
/// botocore gets refreshed credentials.
const REFRESH_LEAD: time::Duration = time::Duration::minutes(20);
/// Minimum remaining lifetime of credentials that are served without waiting for a refresh.
const MIN_VALIDITY: time::Duration = time::Duration::minutes(1);
/// Time between attempts after a failure. Also the maximum time between two checks, because a sleep
/// may not end in time after the machine was suspended.
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

/// Maximum time between attempts, if the service requests a longer pause.
const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(60 * 60);

type RefreshFn = dyn FnMut(Duration) -> Result<Credentials, RefreshFailure> + Send;
type ChangeFn = dyn FnMut() -> bool + Send;

/// Failure of a refresh of the credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshFailure {
    /// Error message.
    pub message: String,
    /// Pause that the service requests before the next attempt.
    pub retry_after: Option<Duration>,
}

/// Current credentials, and a thread that refreshes them until this value is dropped.
pub(super) struct Refresher(Arc<Shared>);

struct Shared {
    current: Mutex<Current>,
    /// Locked during a refresh, so that refreshes do not overlap.
    steps: Mutex<Steps>,
    clock: SharedClock,
}

struct Steps {
    refresh: Box<RefreshFn>,
    /// Returns whether the state that a refresh depends on has changed since the last call.
    has_changed: Box<ChangeFn>,
}

struct Current {
    credentials: Credentials,
    /// Time of the next refresh; `None` if the credentials do not expire.
    due_at: Option<OffsetDateTime>,
    last_error: Option<String>,
}

impl Refresher {
    pub(super) fn new<S: PartialEq + Send + 'static>(
        credentials: Credentials,
        refresh: impl FnMut(Duration) -> Result<Credentials, RefreshFailure> + Send + 'static,
        state: impl Fn() -> S + Send + 'static,
        clock: SharedClock,
    ) -> io::Result<Self> {
        let mut last = None;
        let has_changed = move || {
            let state = Some(state());
            let has_changed = state != last;
            last = state;
            has_changed
        };
        let shared = Arc::new(Shared {
            current: Mutex::new(Current::new(credentials, clock.now())),
            steps: Mutex::new(Steps {
                refresh: Box::new(refresh),
                has_changed: Box::new(has_changed),
            }),
            clock,
        });
        let weak = Arc::downgrade(&shared);
        threads::spawn(move || refresh_in_background(&weak))?;
        Ok(Self(shared))
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    /// Returns credentials that have not expired, or an error message. Blocks during a refresh if
    /// they expire within [`MIN_VALIDITY`].
    pub(super) fn credentials(&self) -> Result<Credentials, String> {
        if let Some(credentials) = self.0.valid_for(MIN_VALIDITY) {
            return Ok(credentials);
        }
        self.0.refresh_if_due();
        let expired = || "the credentials have expired".to_owned();
        self.0
            .valid_for(time::Duration::ZERO)
            .ok_or_else(|| self.0.current().last_error.clone().unwrap_or_else(expired))
    }
}

impl Shared {
    fn current(&self) -> MutexGuard<'_, Current> {
        // Poisoning is ignored: no code under the lock leaves a partially changed value.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn valid_for(&self, min_validity: time::Duration) -> Option<Credentials> {
        let current = self.current();
        let until = self.clock.now() + min_validity;
        let is_valid = current.credentials.expires_at.is_none_or(|at| at > until);
        is_valid.then(|| current.credentials.clone())
    }

    fn refresh_if_due(&self) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let has_failed = self.current().last_error.is_some();
        if has_failed && (steps.has_changed)() {
            self.current().retry(self.clock.now());
        }
        let Some(min_validity) = self.current().due_for(self.clock.now()) else {
            return;
        };
        if !has_failed {
            // A change during the refresh is one since its start.
            (steps.has_changed)();
        }
        let outcome = (steps.refresh)(min_validity);
        let now = self.clock.now();
        let mut current = self.current();
        match outcome {
            Ok(credentials) => *current = Current::new(credentials, now),
            Err(failure) => current.fail(failure, now),
        }
    }

    fn until_due(&self) -> Duration {
        let due_at = self.current().due_at;
        let left = due_at.map(|at| at - self.clock.now());
        // The conversion fails for a negative duration, which becomes zero.
        left.map_or(RETRY_INTERVAL, |left| left.try_into().unwrap_or_default())
            .min(RETRY_INTERVAL)
    }
}

impl Current {
    fn new(credentials: Credentials, now: OffsetDateTime) -> Self {
        let due_at = credentials.expires_at.map(|at| {
            let lifetime: time::Duration = at - now;
            at - REFRESH_LEAD.min(lifetime / 2)
        });
        Self {
            credentials,
            due_at,
            last_error: None,
        }
    }

    /// Returns the minimum remaining lifetime of the new credentials if a refresh is due. It is
    /// longer than that of the current credentials.
    fn due_for(&self, now: OffsetDateTime) -> Option<Duration> {
        let expires_at = self.credentials.expires_at?;
        self.due_at.filter(|at| *at <= now)?;
        let left = Duration::try_from(expires_at - now).unwrap_or_default();
        Some(left + Duration::from_secs(1))
    }

    /// Makes a refresh due before the time after a failure has passed.
    fn retry(&mut self, now: OffsetDateTime) {
        self.due_at = self.due_at.map(|at| at.min(now));
    }

    fn fail(&mut self, failure: RefreshFailure, now: OffsetDateTime) {
        let reason = failure.message;
        // Only the first of consecutive failures is reported.
        if self.last_error.is_none() {
            log::warn!("cannot refresh the served credentials: {reason}");
        }
        let requested = failure.retry_after.unwrap_or_default();
        self.due_at = Some(now + requested.clamp(RETRY_INTERVAL, MAX_RETRY_INTERVAL));
        self.last_error = Some(reason);
    }
}

fn refresh_in_background(shared: &Weak<Shared>) {
    while let Some(shared) = shared.upgrade() {
        let until_due = shared.until_due();
        if until_due.is_zero() {
            shared.refresh_if_due();
        } else {
            shared.clock.sleep(until_due);
        }
    }
}
