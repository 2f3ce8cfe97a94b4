//! Key-by-key input.

#[cfg(unix)]
mod bytes;
#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod decoder;

use std::io;
#[cfg(all(feature = "sign-in", not(unix)))]
use std::time::Duration;

#[cfg(unix)]
use bytes as system;
#[cfg(not(unix))]
use console as system;

#[cfg(unix)]
use super::job_control::{Redrawing, stop_job};
use super::key::Key;
use super::modes::{Mode, ModesGuard};

/// Reader of single keys without echo. A paste is one key. Dropping the reader restores the
/// terminal modes. On Unix, Ctrl-Z stops the program, and [`Key::Resized`] follows when it continues.
#[derive(Debug)]
pub(crate) struct Keys {
    #[cfg(unix)]
    _redrawing: Redrawing,
    _modes: ModesGuard,
}

impl Keys {
    /// Sets the terminal to raw mode.
    pub(crate) fn open() -> io::Result<Self> {
        let modes = ModesGuard::new();
        modes.set(Mode::Raw)?;
        Ok(Self {
            #[cfg(unix)]
            _redrawing: Redrawing::with(report_resized),
            _modes: modes,
        })
    }

    /// Discards the keys that were typed before the prompt, which must not answer it. Returns whether one
    /// of them was Ctrl-C, which ends the program at any time.
    #[expect(
        clippy::unused_self,
        reason = "single keys can be read only in raw mode"
    )]
    pub(crate) fn discard_earlier(&self) -> io::Result<bool> {
        Ok(system::earlier()?.contains(&Key::Interrupt))
    }

    #[expect(
        clippy::unused_self,
        reason = "single keys can be read only in raw mode"
    )]
    pub(crate) fn next(&self) -> io::Result<Key> {
        loop {
            match system::next()? {
                Some(Key::Suspend) => suspend(),
                Some(key) => return Ok(key),
                None => {}
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
        system::has_next()
    }
}

fn suspend() {
    #[cfg(unix)]
    stop_job();
}

/// Ends the wait for a key, so that the prompt is drawn again.
#[cfg(unix)]
fn report_resized() {
    use rustix::process::{Signal, getpid, kill_process};
    // On failure, the next key draws the prompt.
    let _ = kill_process(getpid(), Signal::WINCH);
}
