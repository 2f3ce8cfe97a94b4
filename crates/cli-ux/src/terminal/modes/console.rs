//! Terminal modes on systems other than Unix. `crossterm` keeps the previous modes.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use super::bracketed_paste;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Raw mode with bracketed paste.
    Raw,
}

static IS_RAW: AtomicBool = AtomicBool::new(false);

/// Set when the process ends, while other threads may still read from the console.
static IS_FINAL: AtomicBool = AtomicBool::new(false);

/// Fails after [`restore_at_end`].
pub(super) fn set(mode: Mode) -> io::Result<()> {
    if IS_FINAL.load(Ordering::SeqCst) {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    match mode {
        Mode::Raw => enable_raw_mode()?,
    }
    IS_RAW.store(true, Ordering::SeqCst);
    bracketed_paste::begin()
}

pub(crate) fn restore() {
    if IS_RAW.swap(false, Ordering::SeqCst) {
        bracketed_paste::end();
        // A disconnected console needs no restoration.
        let _ = disable_raw_mode();
    }
}

/// Restores the modes like [`restore`]. Other threads cannot change them again.
pub(crate) fn restore_at_end() {
    IS_FINAL.store(true, Ordering::SeqCst);
    restore();
}
