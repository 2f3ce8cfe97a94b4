//! Terminal modes: changed while the program reads, restored however the reading ends.
//!
//! One record holds the modes from before the first change. A [`ModesGuard`] restores them when it
//! is dropped; Ctrl-C and a panic, which drop nothing, call [`restore`].

#[cfg(feature = "prompt")]
mod bracketed_paste;
#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod termios;

use std::io;

#[cfg(not(unix))]
use console as system;
#[cfg(unix)]
use termios as system;

pub(crate) use system::{Mode, restore};

/// Restores the terminal's modes when it is dropped.
#[derive(Debug)]
#[must_use = "the modes are restored when this is dropped"]
pub(crate) struct ModesGuard(());

impl ModesGuard {
    /// Creates a guard that has changed nothing yet.
    pub(crate) fn new() -> Self {
        Self(())
    }

    /// Changes the modes until this is dropped. Modes that are set already are left alone.
    #[expect(clippy::unused_self, reason = "the guard restores what this changes")]
    pub(crate) fn set(&self, mode: Mode) -> io::Result<()> {
        system::set(mode)
    }
}

impl Drop for ModesGuard {
    fn drop(&mut self) {
        restore();
    }
}
