//! Terminal modes, which are changed while the program reads and always restored afterwards.
//!
//! A static holds the modes from before the first change, and dropping a [`ModesGuard`] restores
//! them. Ctrl-C and panics do not drop guards, so their handlers call [`restore_at_end`]. While the
//! program is stopped, for example by Ctrl-Z, the terminal has the previous modes.

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

pub(crate) use system::{Mode, restore, restore_at_end};
#[cfg(unix)]
pub(crate) use system::{Resumed, begin_busy, end_busy, resume, suspend};

#[derive(Debug)]
#[must_use = "the modes are restored when this is dropped"]
pub(crate) struct ModesGuard(());

impl ModesGuard {
    /// Creates a guard without changing the modes.
    pub(crate) fn new() -> Self {
        Self(())
    }

    /// Sets the modes until this is dropped. May be called repeatedly.
    #[expect(clippy::unused_self, reason = "the guard restores these modes")]
    pub(crate) fn set(&self, mode: Mode) -> io::Result<()> {
        system::set(mode)
    }
}

impl Drop for ModesGuard {
    fn drop(&mut self) {
        restore();
        #[cfg(unix)]
        system::set_busy_again();
    }
}
