//! Warning about a slow response.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Time without a response after which a warning is logged.
const SILENT_FOR: Duration = Duration::from_secs(3);

/// Logs one warning about slow responses, however many there are.
#[derive(Default)]
pub(super) struct SlowNotice {
    has_warned: Arc<AtomicBool>,
}

/// A request in progress. It ends when this is dropped.
#[must_use = "the request ends when this is dropped"]
pub(super) struct Waiting {
    _ends: SyncSender<()>,
}

impl SlowNotice {
    /// Logs the warning if the request to `host` takes longer than three seconds. A thread watches
    /// it; if none can be started, nothing is logged.
    pub(super) fn watch(&self, host: &str) -> Waiting {
        let (ends, has_ended) = sync_channel(0);
        let (host, has_warned) = (host.to_owned(), Arc::clone(&self.has_warned));
        let warn_if_slow = move || {
            let is_slow = has_ended.recv_timeout(SILENT_FOR) == Err(RecvTimeoutError::Timeout);
            if is_slow && !has_warned.swap(true, Ordering::Relaxed) {
                log::warn!("{host} has not responded for {SILENT_FOR:?}; still waiting");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(warn_if_slow) {
            log::debug!("cannot watch the request: {error}");
        }
        Waiting { _ends: ends }
    }
}
