//! Signals on Unix. They are handled in a thread of their own.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use signal_hook::consts::signal::{
    SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
};
use signal_hook::flag;
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::origin::{Origin, WithOrigin};

use super::Received;
use crate::failure::FailureKind;
use crate::ignored_signals::IgnoredSignals;

/// Signals whose default action ends a process, and that do not report a defect.
const ENDING: [i32; 10] = [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGPROF, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
];

/// Set from the arrival of a signal until the thread has handled it.
static PENDING: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Returns whether a signal has arrived that the thread has not handled yet.
pub(super) fn is_pending() -> bool {
    let pending = PENDING.get();
    pending.is_some_and(|pending| pending.load(Ordering::SeqCst))
}

/// Calls `on_signal` for each signal that ends the program, unless it was ignored at the start. A
/// second call has no effect.
pub(super) fn handle(on_signal: impl Fn(Received) + Send + 'static) -> io::Result<()> {
    static IS_INSTALLED: Mutex<bool> = Mutex::new(false);
    let mut is_installed = IS_INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if *is_installed {
        return Ok(());
    }
    let ignored = IgnoredSignals::of_this_process();
    let mut signals = SignalsInfo::<WithOrigin>::new::<_, i32>([])?;
    let handle = signals.handle();
    let pending = PENDING.get_or_init(Arc::default);
    // Start the thread first: if that fails, the signals keep their default actions.
    let receive = move || {
        for origin in signals.forever() {
            on_signal(received(&origin));
            pending.store(false, Ordering::SeqCst);
        }
    };
    thread::Builder::new().spawn(receive)?;
    *is_installed = true;
    let mut handled = ENDING.iter().filter(|signal| !ignored.contains(**signal));
    handled.try_for_each(|signal| {
        // The handlers run in this order, so that the thread does not reset the flag too early.
        flag::register(*signal, Arc::clone(pending))?;
        handle.add_signal(*signal)
    })
}

/// The kernel sends the signals of keys. It also sends SIGHUP if the terminal is closed, and does so a
/// second time if the shell has already passed the first one on.
fn received(origin: &Origin) -> Received {
    match FailureKind::from_status(128 + origin.signal) {
        Some(kind) => Received::Reported {
            kind,
            is_key_press: origin.process.is_none() && origin.signal != SIGHUP,
        },
        None => Received::Other(origin.signal),
    }
}
