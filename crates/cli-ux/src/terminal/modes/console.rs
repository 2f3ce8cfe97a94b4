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

pub(super) fn set(mode: Mode) -> io::Result<()> {
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
