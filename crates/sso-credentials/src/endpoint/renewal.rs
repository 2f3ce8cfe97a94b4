//! Credentials that are replaced before they expire.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use sso_session::clock::SharedClock;
use time::OffsetDateTime;

use crate::credentials::Credentials;

/// botocore wants new ones once 15 minutes are left; they should be there by then.
const LEAD: time::Duration = time::Duration::minutes(20);
/// What is about to expire is not handed out before a renewal was tried.
const LEAST: time::Duration = time::Duration::minutes(1);
/// After a failure; and how long a machine that was asleep may take to notice.
const PAUSE: Duration = Duration::from_secs(30);

type Renew = dyn FnMut(Duration) -> Result<Credentials, String> + Send;

/// The credentials of now, and a thread that renews them for as long as this is there.
pub(super) struct Renewed(Arc<Shared>);

struct Shared {
    kept: Mutex<Kept>,
    /// Held for the time of a renewal, so that there is one at a time.
    renew: Mutex<Box<Renew>>,
    clock: SharedClock,
}

struct Kept {
    credentials: Credentials,
    /// `None` where they never expire.
    due_at: Option<OffsetDateTime>,
    /// Why the last renewal failed, where it did.
    failure: Option<String>,
}

impl Renewed {
    pub(super) fn new<E: fmt::Display>(
        credentials: Credentials,
        mut renew: impl FnMut(Duration) -> Result<Credentials, E> + Send + 'static,
        clock: SharedClock,
    ) -> Self {
        let in_words = move |span| renew(span).map_err(|error| error.to_string());
        let shared = Arc::new(Shared {
            kept: Mutex::new(Kept::new(credentials, clock.now())),
            renew: Mutex::new(Box::new(in_words)),
            clock,
        });
        let weak = Arc::downgrade(&shared);
        thread::spawn(move || renew_in_time(&weak));
        Self(shared)
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    /// Returns credentials that have not expired, or why there are none.
    pub(super) fn credentials(&self) -> Result<Credentials, String> {
        if let Some(credentials) = self.0.valid_for(LEAST) {
            return Ok(credentials);
        }
        self.0.renew_where_due();
        let expired = || "the credentials have expired".to_owned();
        self.0
            .valid_for(time::Duration::ZERO)
            .ok_or_else(|| self.0.kept().failure.clone().unwrap_or_else(expired))
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing is done under the lock that could leave it half changed.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn valid_for(&self, span: time::Duration) -> Option<Credentials> {
        let kept = self.kept();
        let until = self.clock.now() + span;
        let is_valid = kept.credentials.expires_at.is_none_or(|at| at > until);
        is_valid.then(|| kept.credentials.clone())
    }

    fn renew_where_due(&self) {
        let mut renew = self.renew.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(span) = self.kept().due_for(self.clock.now()) else {
            return;
        };
        let outcome = renew(span);
        let now = self.clock.now();
        let mut kept = self.kept();
        match outcome {
            Ok(credentials) => *kept = Kept::new(credentials, now),
            Err(reason) => kept.fail(reason, now),
        }
    }

    fn until_due(&self) -> Duration {
        let due_at = self.kept().due_at;
        let left = due_at.map(|at| at - self.clock.now());
        // A point in time that has passed is no span.
        left.map_or(PAUSE, |left| left.try_into().unwrap_or_default())
            .min(PAUSE)
    }
}

impl Kept {
    fn new(credentials: Credentials, now: OffsetDateTime) -> Self {
        let due_at = credentials.expires_at.map(|at| {
            let life: time::Duration = at - now;
            at - LEAD.min(life / 2)
        });
        Self {
            credentials,
            due_at,
            failure: None,
        }
    }

    /// Returns how long new credentials should be valid, where the old ones are due: longer than
    /// these are.
    fn due_for(&self, now: OffsetDateTime) -> Option<Duration> {
        let expires_at = self.credentials.expires_at?;
        self.due_at.filter(|at| *at <= now)?;
        let left = Duration::try_from(expires_at - now).unwrap_or_default();
        Some(left + Duration::from_secs(1))
    }

    fn fail(&mut self, reason: String, now: OffsetDateTime) {
        // One word for as long as it lasts.
        if self.failure.is_none() {
            log::warn!("{reason}; the credentials that are served were not renewed");
        }
        self.due_at = Some(now + PAUSE);
        self.failure = Some(reason);
    }
}

fn renew_in_time(shared: &Weak<Shared>) {
    while let Some(shared) = shared.upgrade() {
        let until_due = shared.until_due();
        if until_due.is_zero() {
            shared.renew_where_due();
        } else {
            shared.clock.sleep(until_due);
        }
    }
}
