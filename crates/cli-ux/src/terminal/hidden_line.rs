//! Line of input without echo.

use std::io;

/// Calls `prompt` and reads a line from stdin, which must be a terminal. Returns `None` at the end
/// of the input. Ctrl-C raises a signal. Calls `prompt` again when the program was stopped.
#[cfg(unix)]
pub(crate) fn read(prompt: impl Fn() + Clone + Send + 'static) -> io::Result<Option<String>> {
    use super::job_control::Redrawing;
    use super::modes::{Mode, ModesGuard};

    let _redrawing = Redrawing::with(prompt.clone());
    let modes = ModesGuard::new();
    modes.set(Mode::HiddenLine)?;
    prompt();
    io::stdin().lines().next().transpose()
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
