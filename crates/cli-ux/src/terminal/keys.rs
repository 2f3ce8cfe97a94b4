//! Key-by-key input.

use std::io;
use std::time::Duration;

use super::key::Key;
use super::modes::{Mode, ModesGuard};

/// Reader of single keys without echo. A paste is one key. Dropping the reader restores the
/// terminal modes.
#[derive(Debug)]
pub(crate) struct Keys {
    _modes: ModesGuard,
}

impl Keys {
    /// Sets the terminal to raw mode.
    pub(crate) fn open() -> io::Result<Self> {
        let modes = ModesGuard::new();
        modes.set(Mode::Raw)?;
        Ok(Self { _modes: modes })
    }

    #[expect(
        clippy::unused_self,
        reason = "single keys can be read only in raw mode"
    )]
    pub(crate) fn next(&self) -> io::Result<Key> {
        loop {
            if let Some(key) = Key::of_event(crossterm::event::read()?) {
                return Ok(key);
            }
        }
    }

    #[cfg(all(feature = "sign-in", not(unix)))]
    pub(crate) fn next_within(&self, timeout: Duration) -> io::Result<Option<Key>> {
        let is_available = crossterm::event::poll(timeout)?;
        is_available.then(|| self.next()).transpose()
    }

    /// Returns whether another key is already available, so that a redraw can be postponed.
    #[expect(
        clippy::unused_self,
        reason = "single keys can be read only in raw mode"
    )]
    pub(crate) fn has_next(&self) -> io::Result<bool> {
        crossterm::event::poll(Duration::ZERO)
    }
}
