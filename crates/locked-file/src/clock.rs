//! The only place in this crate that suspends a thread.

use std::thread;
use std::time::Duration;

/// Suspends the current thread for `duration`. All waits in this crate use it by default.
pub fn sleep(duration: Duration) {
    thread::sleep(duration);
}
