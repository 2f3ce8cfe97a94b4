//! Waits for other processes, with a limit.

use std::sync::mpsc;
use std::thread::Builder;
use std::time::Duration;

/// Limit of a wait for a local process that answers at once.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(1);

/// Returns the result of `work`, which runs on another thread. Returns `None` after `timeout`, while
/// the thread continues, and if no thread can be started.
pub(super) fn within<T: Send + 'static>(
    timeout: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    let send = move || {
        // Without a receiver, the time was over.
        let _ = sender.send(work());
    };
    Builder::new().spawn(send).ok()?;
    receiver.recv_timeout(timeout).ok()
}
