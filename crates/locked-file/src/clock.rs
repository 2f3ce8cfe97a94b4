//! The only place in this crate that suspends a thread.

use std::thread;
use std::time::Duration;

/// Suspends the current thread for `duration`: the default of everything here that waits.
pub fn sleep(duration: Duration) {
    thread::sleep(duration);
}
