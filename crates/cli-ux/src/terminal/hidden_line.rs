//! Line of input without echo.

use std::io;

/// Calls `prompt` and reads a line from stdin, which must be a terminal. Returns `None` at the end
/// of the input. Ctrl-C raises a signal. Calls `prompt` again when the program was stopped.
#[cfg(unix)]
pub(crate) fn read(prompt: impl Fn() + Clone + Send + 'static) -> io::Result<Option<String>> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::retry_on_intr;

    use super::job_control::Redrawing;
    use super::modes::{Mode, ModesGuard};

    let _redrawing = Redrawing::with(prompt.clone());
    let modes = ModesGuard::new();
    modes.set(Mode::HiddenLine)?;
    prompt();
    let stdin = io::stdin();
    // A read in the background would stop the program before it could end by a signal.
    retry_on_intr(|| poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None))?;
    stdin.lines().next().transpose()
}

/// Calls `prompt` and reads a line from the console. Returns `None` at the end of the input and
/// after Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn read(prompt: impl Fn()) -> io::Result<Option<String>> {
    use std::io::ErrorKind;

    prompt();
    match rpassword::read_password() {
        Ok(line) => Ok(Some(line)),
        Err(error) => match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        },
    }
}
