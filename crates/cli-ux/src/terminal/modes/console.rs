//! Terminal modes elsewhere than on Unix. `crossterm` keeps those from before the change.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use super::bracketed_paste;

/// Modes of the terminal for one way of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Raw mode, with each paste in brackets.
    Raw,
}

static IS_RAW: AtomicBool = AtomicBool::new(false);

/// Changes the modes of the terminal to `mode`.
pub(super) fn set(mode: Mode) -> io::Result<()> {
    match mode {
        Mode::Raw => enable_raw_mode()?,
    }
    IS_RAW.store(true, Ordering::SeqCst);
    bracketed_paste::begin()
}

/// Restores the modes from before the change, if there was one.
pub(crate) fn restore() {
    if IS_RAW.swap(false, Ordering::SeqCst) {
        bracketed_paste::end();
        // A console that is gone has nothing to restore.
        let _ = disable_raw_mode();
    }
}
