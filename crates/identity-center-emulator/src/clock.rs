//! Clock of the emulator, which tests can advance.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The machine's time, or the time at which the clock was stopped, plus an offset.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    stopped_at: Option<Duration>,
    offset: Duration,
}

impl Clock {
    pub(crate) fn now(&self) -> Duration {
        self.stopped_at.unwrap_or_else(since_1970) + self.offset
    }

    pub(crate) fn stop(&mut self) {
        self.stopped_at.get_or_insert_with(since_1970);
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.offset += duration;
    }
}

fn since_1970() -> Duration {
    let now = system_time().duration_since(UNIX_EPOCH);
    now.expect("the machine's clock is set to a date after 1970")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the emulator represents another machine, which has its own clock"
)]
pub(crate) fn system_time() -> SystemTime {
    SystemTime::now()
}
