//! Terminal modes on Unix. They belong to stdin.

use std::io;
use std::sync::{Mutex, PoisonError};

use rustix::process::getpgrp;
#[cfg(feature = "sso")]
use rustix::termios::LocalModes;
#[cfg(feature = "sign-in")]
use rustix::termios::SpecialCodeIndex;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

#[cfg(feature = "prompt")]
use super::bracketed_paste;

/// Modes of the terminal for one way of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Lines that are not shown while they are typed. Ctrl-C stays a signal, and input from before
    /// the change is dropped.
    #[cfg(feature = "sso")]
    HiddenLine,
    /// Bytes as they are typed, not shown. Ctrl-C stays a signal, Ctrl-Z is a byte.
    #[cfg(feature = "sign-in")]
    Unechoed,
    /// Raw mode, with each paste in brackets.
    #[cfg(feature = "prompt")]
    Raw,
}

/// Value of a special character that no key sends (`_POSIX_VDISABLE`).
#[cfg(feature = "sign-in")]
const NO_KEY: u8 = if cfg!(any(target_os = "linux", target_os = "android")) {
    0
} else {
    0xff
};

/// Flags that [`Mode::Unechoed`] removes.
#[cfg(feature = "sign-in")]
const ECHOING: LocalModes = LocalModes::ICANON
    .union(LocalModes::ECHO)
    .union(LocalModes::ECHONL);

/// Modes from before the first change, and the mode that replaced them.
static BEFORE: Mutex<Option<(Mode, Termios)>> = Mutex::new(None);

/// Changes the modes of the terminal to `mode`, unless they are so already.
pub(super) fn set(mode: Mode) -> io::Result<()> {
    let stdin = io::stdin();
    let current = tcgetattr(&stdin)?;
    let changed = mode.applied_to(&current);
    // A shell gives each job that comes to the foreground the usual modes, so that this mode is set
    // again and again.
    #[cfg(feature = "sign-in")]
    if mode == Mode::Unechoed && changed.local_modes == current.local_modes {
        return Ok(());
    }
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    before.get_or_insert((mode, current));
    tcsetattr(&stdin, mode.actions(), &changed)?;
    drop(before);
    mode.begin()
}

/// Restores the modes from before the first change, if there was one. In the background the modes
/// are the shell's, and a change would stop the program.
pub(crate) fn restore() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((mode, modes)) = before else {
        return;
    };
    mode.end();
    let stdin = io::stdin();
    if tcgetpgrp(&stdin).is_ok_and(|group| group != getpgrp()) {
        return;
    }
    // A terminal that is gone has nothing to restore.
    let _ = tcsetattr(&stdin, OptionalActions::Now, &modes);
}

impl Mode {
    fn applied_to(self, modes: &Termios) -> Termios {
        let mut modes = modes.clone();
        match self {
            #[cfg(feature = "sso")]
            Self::HiddenLine => {
                modes.local_modes.remove(LocalModes::ECHO);
                modes.local_modes.insert(LocalModes::ECHONL);
            }
            #[cfg(feature = "sign-in")]
            Self::Unechoed => {
                modes.local_modes.remove(ECHOING);
                modes.special_codes[SpecialCodeIndex::VMIN] = 1;
                modes.special_codes[SpecialCodeIndex::VTIME] = 0;
                modes.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
            }
            #[cfg(feature = "prompt")]
            Self::Raw => modes.make_raw(),
        }
        modes
    }

    fn actions(self) -> OptionalActions {
        match self {
            #[cfg(feature = "sso")]
            Self::HiddenLine => OptionalActions::Flush,
            #[cfg(feature = "sign-in")]
            Self::Unechoed => OptionalActions::Now,
            #[cfg(feature = "prompt")]
            Self::Raw => OptionalActions::Now,
        }
    }

    fn begin(self) -> io::Result<()> {
        match self {
            #[cfg(feature = "prompt")]
            Self::Raw => bracketed_paste::begin(),
            #[cfg(feature = "sso")]
            _ => Ok(()),
        }
    }

    fn end(self) {
        match self {
            #[cfg(feature = "prompt")]
            Self::Raw => bracketed_paste::end(),
            #[cfg(feature = "sso")]
            _ => {}
        }
    }
}
