//! Clocks. Time and sleep are passed in, so that tests can control them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use time::OffsetDateTime;

/// Source of time and sleep.
pub trait Clock: Send + Sync {
    /// Returns the date and time.
    fn now(&self) -> OffsetDateTime;

    /// Returns the time since a fixed point, unaffected by changes of the date and time.
    fn monotonic(&self) -> Duration;

    /// Blocks the thread for `duration`.
    fn sleep(&self, duration: Duration);
}

/// Clock that threads share.
pub type SharedClock = Arc<dyn Clock>;

/// Clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// Returns a system clock as a [`SharedClock`].
    #[must_use]
    pub fn shared() -> SharedClock {
        Arc::new(Self)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "no other code reads the system clock"
)]
impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        SystemTime::now().into()
    }

    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// Clock for tests. Only [`set`](Self::set) and [`sleep`](Clock::sleep) change its time.
pub struct ManualClock {
    now: Mutex<OffsetDateTime>,
    slept: Mutex<Vec<Duration>>,
    on_sleep: Box<dyn Fn(Duration) + Send + Sync>,
}

impl ManualClock {
    /// Returns a clock that starts at `now`.
    #[must_use]
    pub fn at(now: OffsetDateTime) -> Self {
        Self {
            now: Mutex::new(now),
            slept: Mutex::default(),
            on_sleep: Box::new(|_| {}),
        }
    }

    /// Calls `hook` with the duration of each sleep, for example to advance another clock.
    #[must_use]
    pub fn on_sleep(mut self, hook: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.on_sleep = Box::new(hook);
        self
    }

    /// Sets the date and time.
    pub fn set(&self, now: OffsetDateTime) {
        *lock(&self.now) = now;
    }

    /// Returns the duration of each sleep so far.
    #[must_use]
    pub fn slept(&self) -> Vec<Duration> {
        lock(&self.slept).clone()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *lock(&self.now)
    }

    fn monotonic(&self) -> Duration {
        lock(&self.slept).iter().sum()
    }

    fn sleep(&self, duration: Duration) {
        lock(&self.slept).push(duration);
        *lock(&self.now) += duration;
        (self.on_sleep)(duration);
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualClock")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

/// Ignores poisoning: a panic cannot leave these values inconsistent.
fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
