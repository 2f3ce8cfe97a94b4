//! The terminal's keys, one by one.

use std::io;
use std::time::Duration;

use super::key::Key;
use super::modes::{Mode, ModesGuard};

/// Reads the terminal key by key, unechoed, and a paste in one piece. Dropping it restores the
/// terminal.
#[derive(Debug)]
pub(crate) struct Keys {
    _modes: ModesGuard,
}

impl Keys {
    /// Changes the terminal to raw mode.
    pub(crate) fn take() -> io::Result<Self> {
        let modes = ModesGuard::new();
        modes.set(Mode::Raw)?;
        Ok(Self { _modes: modes })
    }

    /// Waits for the next key.
    #[expect(
        clippy::unused_self,
        reason = "only a terminal in raw mode has single keys"
    )]
    pub(crate) fn next(&self) -> io::Result<Key> {
        loop {
            if let Some(key) = Key::of_event(crossterm::event::read()?) {
                return Ok(key);
            }
        }
    }

    /// Waits for the next key for at most `timeout`.
    #[cfg(all(feature = "sign-in", not(unix)))]
    pub(crate) fn next_within(&self, timeout: Duration) -> io::Result<Option<Key>> {
        let is_there = crossterm::event::poll(timeout)?;
        is_there.then(|| self.next()).transpose()
    }

    /// Returns whether another key is there already, so that the effect of this one need not be
    /// drawn.
    #[expect(
        clippy::unused_self,
        reason = "only a terminal in raw mode has single keys"
    )]
    pub(crate) fn has_next(&self) -> io::Result<bool> {
        crossterm::event::poll(Duration::ZERO)
    }
}
