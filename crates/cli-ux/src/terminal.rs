//! The terminal taken key by key.

mod key;

mod layout;
mod screen;

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::{execute, terminal};

pub(crate) use key::Key;
pub(crate) use layout::{Frame, cut, laid_out, wrapped};
pub(crate) use screen::Screen;

/// Whether keys come one by one and unechoed at the moment.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal's keys, one by one and unechoed, a paste in one piece; until this is dropped, the
/// program ends by Ctrl-C from elsewhere, or panics.
#[derive(Debug)]
pub(crate) struct Keys(());

impl Keys {
    /// Whether there is somebody to ask: stdin and stderr are a terminal.
    pub(crate) fn are_there() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Takes the terminal.
    pub(crate) fn take() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        IS_TAKEN.store(true, Ordering::SeqCst);
        let keys = Self(());
        execute!(io::stderr(), EnableBracketedPaste)?;
        Ok(keys)
    }

    /// Waits for the next key.
    #[expect(clippy::unused_self, reason = "there are no keys without it")]
    pub(crate) fn next(&self) -> io::Result<Key> {
        loop {
            if let Some(key) = Key::of_event(crossterm::event::read()?) {
                return Ok(key);
            }
        }
    }

    /// Waits for the next key, but not longer than `span`.
    #[cfg(all(feature = "sign-in", not(unix)))]
    pub(crate) fn next_within(&self, span: std::time::Duration) -> io::Result<Option<Key>> {
        let is_there = crossterm::event::poll(span)?;
        is_there.then(|| self.next()).transpose()
    }

    /// Whether another key is there already, so that what this one changes need not be shown.
    #[expect(clippy::unused_self, reason = "there are no keys without it")]
    pub(crate) fn has_next(&self) -> io::Result<bool> {
        crossterm::event::poll(std::time::Duration::ZERO)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back as it was, if it is taken.
pub(crate) fn restore() {
    #[cfg(feature = "sign-in")]
    crate::sign_in::restore();
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        // Where the terminal is gone there is nothing to restore.
        let _ = execute!(io::stderr(), DisableBracketedPaste);
        let _ = terminal::disable_raw_mode();
    }
}
