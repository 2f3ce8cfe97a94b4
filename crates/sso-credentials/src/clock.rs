//! What time it is.

use std::time::Duration;

use time::OffsetDateTime;

/// The time, and waiting for it. Passed in, so that a test can own it.
pub trait Clock {
    /// Returns the time.
    fn now(&self) -> OffsetDateTime;

    /// Returns after `span`.
    fn sleep(&self, span: Duration);
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn sleep(&self, span: Duration) {
        std::thread::sleep(span);
    }
}
