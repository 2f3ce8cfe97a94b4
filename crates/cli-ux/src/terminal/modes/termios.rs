//! Terminal modes of stdin on Unix.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::LocalModes;
#[cfg(feature = "sign-in")]
use rustix::termios::SpecialCodeIndex;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

#[cfg(feature = "prompt")]
use super::bracketed_paste;
use crate::terminal::foreground;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Lines without echo, which the program does not read. Ctrl-C and Ctrl-Z raise signals.
    Busy,
    /// Lines that the terminal echoes. Ctrl-C raises a signal.
    #[cfg(feature = "prompt")]
    EchoedLine,
    /// Lines without echo. Ctrl-C raises a signal. Input from before the change is discarded.
    #[cfg(feature = "sso")]
    HiddenLine,
    /// Single bytes without echo. Ctrl-C raises a signal, Ctrl-Z is read as a byte.
    #[cfg(feature = "sign-in")]
    Unechoed,
    /// Raw mode with bracketed paste.
    #[cfg(feature = "prompt")]
    Raw,
}

/// Value that disables a special character (`_POSIX_VDISABLE`).
#[cfg(feature = "sign-in")]
const DISABLED: u8 = if cfg!(any(target_os = "linux", target_os = "android")) {
    0
} else {
    0xff
};

#[cfg(feature = "sign-in")]
const CANONICAL_ECHO: LocalModes = LocalModes::ICANON
    .union(LocalModes::ECHO)
    .union(LocalModes::ECHONL);

/// Change of the modes until [`restore`].
struct Change {
    mode: Mode,
    /// Modes from before the first change.
    previous: Termios,
    /// True from [`suspend`] to [`resume`].
    is_suspended: bool,
}

/// Result of [`resume`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resumed {
    Changed,
    /// No change was necessary.
    Unchanged,
    InBackground,
}

/// Number of activities during which keys are not echoed, except by a prompt.
static BUSY: AtomicUsize = AtomicUsize::new(0);

static CHANGE: Mutex<Option<Change>> = Mutex::new(None);

/// Set when the process ends, while other threads may still read from the terminal.
static IS_FINAL: AtomicBool = AtomicBool::new(false);

fn change() -> MutexGuard<'static, Option<Change>> {
    CHANGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fails while the modes are suspended, and after [`restore_at_end`].
pub(super) fn set(mode: Mode) -> io::Result<()> {
    let stdin = io::stdin();
    let mut change = change();
    let is_suspended = change.as_ref().is_some_and(|change| change.is_suspended);
    if is_suspended || IS_FINAL.load(Ordering::SeqCst) {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    let current = tcgetattr(&stdin)?;
    let changed = mode.applied_to(&current);
    // A shell resets the modes when a job returns to the foreground, so the caller sets this mode
    // repeatedly.
    #[cfg(feature = "sign-in")]
    if mode == Mode::Unechoed && changed.local_modes == current.local_modes {
        return Ok(());
    }
    match &mut *change {
        Some(change) => change.mode = mode,
        none => {
            *none = Some(Change {
                mode,
                previous: current,
                is_suspended: false,
            });
        }
    }
    tcsetattr(&stdin, mode.actions(), &changed)?;
    drop(change);
    mode.begin()
}

/// Sets [`Mode::Busy`] for an activity, until [`end_busy`] and the drop of its guard.
pub(crate) fn begin_busy() {
    BUSY.fetch_add(1, Ordering::SeqCst);
    set_busy_again();
}

pub(crate) fn end_busy() {
    BUSY.fetch_sub(1, Ordering::SeqCst);
}

/// Sets [`Mode::Busy`] after a prompt if an activity continues. In the background, this would stop the program.
pub(super) fn set_busy_again() {
    let is_busy = BUSY.load(Ordering::SeqCst) > 0;
    let is_ready = is_busy && foreground::has(io::stdin()) == Some(true);
    if is_ready && let Err(error) = set(Mode::Busy) {
        log::debug!("cannot turn off the echo of keys: {error}");
    }
}

/// Restores the modes from before the first change, if there was one.
pub(crate) fn restore() {
    // The lock is not held while the change is undone, because stderr may not accept the output.
    let change = change().take();
    if let Some(change) = change.filter(|change| !change.is_suspended) {
        change.undo();
    }
}

/// Restores the modes like [`restore`]. Other threads cannot change them again.
pub(crate) fn restore_at_end() {
    IS_FINAL.store(true, Ordering::SeqCst);
    restore();
}

/// Restores the modes like [`restore`], until [`resume`].
pub(crate) fn suspend() {
    if let Some(change) = change().as_mut().filter(|change| !change.is_suspended) {
        change.undo();
        change.is_suspended = true;
    }
}

/// Sets the modes again that [`suspend`] or a shell has restored, unless this job is in the background,
/// where that would stop it.
pub(crate) fn resume() -> io::Result<Resumed> {
    let mut change = change();
    // In the background, a busy program continues, and its terminal has the modes of the shell.
    let is_busy = |change: &mut Change| change.mode == Mode::Busy;
    if foreground::has(io::stdin()) == Some(false) {
        change.take_if(is_busy);
    }
    let Some(change) = change.as_mut() else {
        return Ok(Resumed::Unchanged);
    };
    // The reader of this mode sets it itself, in the foreground only.
    #[cfg(feature = "sign-in")]
    if change.mode == Mode::Unechoed {
        change.is_suspended = false;
        return Ok(Resumed::Unchanged);
    }
    let stdin = io::stdin();
    if foreground::has(&stdin) == Some(false) {
        return Ok(Resumed::InBackground);
    }
    let current = tcgetattr(&stdin)?;
    let changed = change.mode.applied_to(&current);
    let was_suspended = std::mem::take(&mut change.is_suspended);
    if !was_suspended && changed.local_modes == current.local_modes {
        return Ok(Resumed::Unchanged);
    }
    change.previous = current;
    tcsetattr(&stdin, change.mode.actions(), &changed)?;
    change.mode.begin()?;
    Ok(Resumed::Changed)
}

impl Change {
    /// Changes no modes in the background, where the terminal has those of the shell and a change
    /// would stop the program.
    fn undo(&self) {
        let stdin = io::stdin();
        if foreground::has(&stdin) != Some(false) {
            // A disconnected terminal needs no restoration.
            let _ = tcsetattr(&stdin, OptionalActions::Now, &self.previous);
        }
        self.mode.end();
    }
}

impl Mode {
    fn applied_to(self, modes: &Termios) -> Termios {
        let mut modes = modes.clone();
        match self {
            Self::Busy => {
                let echo = LocalModes::ECHO.union(LocalModes::ECHONL);
                modes.local_modes.remove(echo);
            }
            #[cfg(feature = "prompt")]
            Self::EchoedLine => {}
            #[cfg(feature = "sso")]
            Self::HiddenLine => {
                modes.local_modes.remove(LocalModes::ECHO);
                modes.local_modes.insert(LocalModes::ECHONL);
            }
            #[cfg(feature = "sign-in")]
            Self::Unechoed => {
                modes.local_modes.remove(CANONICAL_ECHO);
                modes.special_codes[SpecialCodeIndex::VMIN] = 1;
                modes.special_codes[SpecialCodeIndex::VTIME] = 0;
                modes.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
            }
            #[cfg(feature = "prompt")]
            Self::Raw => modes.make_raw(),
        }
        modes
    }

    fn actions(self) -> OptionalActions {
        match self {
            Self::Busy => OptionalActions::Now,
            #[cfg(feature = "prompt")]
            Self::EchoedLine => OptionalActions::Now,
            #[cfg(feature = "sso")]
            Self::HiddenLine => OptionalActions::Flush,
            #[cfg(feature = "sign-in")]
            Self::Unechoed => OptionalActions::Now,
            #[cfg(feature = "prompt")]
            Self::Raw => OptionalActions::Now,
        }
    }

    #[cfg_attr(
        not(feature = "prompt"),
        expect(clippy::unnecessary_wraps, reason = "only bracketed paste can fail")
    )]
    fn begin(self) -> io::Result<()> {
        match self {
            #[cfg(feature = "prompt")]
            Self::Raw => bracketed_paste::begin(),
            _ => Ok(()),
        }
    }

    fn end(self) {
        match self {
            #[cfg(feature = "prompt")]
            Self::Raw => bracketed_paste::end(),
            _ => {}
        }
    }
}
