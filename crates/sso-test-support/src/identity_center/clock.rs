//! The emulator's clock, which tests move on.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The machine's time, or one at which it stands, and what was added to it.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    stands_at: Option<Duration>,
    ahead: Duration,
}

impl Clock {
    /// Returns the time since 1970.
    pub(crate) fn now(&self) -> Duration {
        self.stands_at.unwrap_or_else(since_1970) + self.ahead
    }

    pub(crate) fn stop(&mut self) {
        self.stands_at.get_or_insert_with(since_1970);
    }

    pub(crate) fn advance(&mut self, time: Duration) {
        self.ahead += time;
    }
}

fn since_1970() -> Duration {
    let now = system_time().duration_since(UNIX_EPOCH);
    now.expect("no machine's clock says before 1970")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the emulator is the other side of the wire: it has a clock of its own"
)]
pub(crate) fn system_time() -> SystemTime {
    SystemTime::now()
}
