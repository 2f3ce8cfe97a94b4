//! Signals on Unix. They are handled in a thread of their own.

use std::fs;
use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::thread;

use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::origin::{Origin, WithOrigin};

use super::Received;
use crate::failure::FailureKind;

const ENDING: [i32; 4] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];

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
    // Start the thread first: if that fails, the signals keep their default actions.
    let receive = move || {
        let origins = signals.forever();
        let received = origins.filter_map(|origin| received(&origin));
        received.for_each(on_signal);
    };
    thread::Builder::new().spawn(receive)?;
    *is_installed = true;
    let mut handled = ENDING.iter().filter(|signal| !ignored.contains(**signal));
    handled.try_for_each(|signal| handle.add_signal(*signal))
}

/// The kernel sends the signals of keys. It also sends SIGHUP if the terminal is closed, and does so a
/// second time if the shell has already passed the first one on.
fn received(origin: &Origin) -> Option<Received> {
    Some(Received {
        kind: FailureKind::from_status(128 + origin.signal)?,
        is_key_press: origin.process.is_none() && origin.signal != SIGHUP,
    })
}

/// Signals that are ignored, for example because of `nohup` or of a shell's `&`.
pub(crate) struct IgnoredSignals {
    mask: u64,
}

impl IgnoredSignals {
    /// Returns the ignored signals of this process. Call this before a handler is installed.
    ///
    /// Systems other than Linux do not show them. There, SIGHUP and SIGQUIT, which come from a
    /// terminal, count as ignored unless stderr is a terminal: `nohup` redirects stderr.
    pub(crate) fn of_this_process() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        Self {
            mask: mask_of(&status).unwrap_or_else(mask_without_proc),
        }
    }

    pub(crate) fn contains(&self, signal: i32) -> bool {
        self.mask & bit(signal) != 0
    }
}

fn mask_of(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

fn mask_without_proc() -> u64 {
    if io::stderr().is_terminal() {
        0
    } else {
        bit(SIGHUP) | bit(SIGQUIT)
    }
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}
