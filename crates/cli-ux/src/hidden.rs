//! A line of the terminal that is not shown while it is typed.

#[cfg(not(unix))]
pub(crate) use console::{read_line, restore};
#[cfg(unix)]
pub(crate) use terminal::{read_line, restore};

#[cfg(unix)]
mod terminal {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// The modes of the terminal, while they are changed.
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    /// Asks, and reads a line of stdin, which is a terminal; `None` at the end of the input. Ctrl-C
    /// stays a signal.
    pub(crate) fn read_line(ask: impl FnOnce()) -> io::Result<Option<String>> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        // What was typed before the question is no answer.
        tcsetattr(&stdin, OptionalActions::Flush, &hidden)?;
        ask();
        let line = stdin.lines().next().transpose();
        restore();
        line
    }

    /// Shows again what is typed, if it is hidden.
    pub(crate) fn restore() {
        let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(before) = before {
            // Where the terminal is gone there is nothing to restore.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
        }
    }
}

#[cfg(not(unix))]
mod console {
    use std::io::{self, ErrorKind};

    /// Asks, and reads a line of the console; `None` at the end of the input and after Ctrl-C.
    pub(crate) fn read_line(ask: impl FnOnce()) -> io::Result<Option<String>> {
        ask();
        match rpassword::read_password() {
            Ok(line) => Ok(Some(line)),
            Err(error) if is_end(error.kind()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_end(kind: ErrorKind) -> bool {
        matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::Interrupted)
    }

    /// The library has restored the console already.
    pub(crate) fn restore() {}
}
