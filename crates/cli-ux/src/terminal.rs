//! Terminal: modes, keys, rows.

#[cfg(any(feature = "prompt", all(unix, feature = "sso")))]
pub(crate) mod modes;

#[cfg(all(unix, any(feature = "prompt", feature = "sso", feature = "wrapped")))]
pub(crate) mod foreground;
#[cfg(all(unix, any(feature = "prompt", feature = "sso")))]
mod job_control;

pub(crate) mod dumb;
pub(crate) mod echo;

#[cfg(feature = "prompt")]
pub(crate) mod key;
#[cfg(feature = "prompt")]
pub(crate) mod keys;

#[cfg(feature = "prompt")]
pub(crate) mod layout;
#[cfg(feature = "prompt")]
pub(crate) mod screen;

#[cfg(feature = "prompt")]
pub(crate) mod echoed_line;
#[cfg(feature = "sso")]
pub(crate) mod hidden_line;

use std::io::{self, IsTerminal};

pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Discards the input from before this call, which must not answer the next prompt. In the background, a
/// change of the input would stop the program.
#[cfg(feature = "prompt")]
pub(crate) fn discard_input() {
    #[cfg(unix)]
    {
        use rustix::termios::{QueueSelector, tcflush};
        let stdin = io::stdin();
        if foreground::has(&stdin) == Some(true) {
            // A disconnected terminal has no input.
            let _ = tcflush(&stdin, QueueSelector::IFlush);
        }
    }
}

/// Restores the terminal modes from before the first change.
#[cfg(any(feature = "prompt", all(unix, feature = "wrapped")))]
pub(crate) fn restore() {
    #[cfg(any(feature = "prompt", all(unix, feature = "sso")))]
    modes::restore();
}

/// Restores the terminal modes like [`restore`]. Other threads cannot change them again.
pub(crate) fn restore_at_end() {
    #[cfg(any(feature = "prompt", all(unix, feature = "sso")))]
    modes::restore_at_end();
}

/// Makes Ctrl-Z at a prompt have no effect.
#[cfg(feature = "prompt")]
pub(crate) fn ignore_stops() {
    #[cfg(unix)]
    job_control::ignore_stops();
}

/// Handles Ctrl-Z and `fg`: restores the modes while the program is stopped. A second call has no
/// effect.
#[cfg(any(feature = "prompt", feature = "sso"))]
pub(crate) fn handle_stops() {
    #[cfg(unix)]
    job_control::handle_stops();
}
