//! The only module of this crate that suspends a thread.

use std::thread;
use std::time::Duration;

/// Suspends the current thread for `duration`. This is the default for all waits in this crate.
pub fn sleep(duration: Duration) {
    thread::sleep(duration);
}
