//! Line of input that the terminal edits and echoes.

use std::io::{self, BufRead as _};

/// Calls `prompt` and reads a line from stdin, without control characters. Returns `None` at the end of the
/// input. Ctrl-C raises a signal. Calls `prompt` again when the program was stopped.
pub(crate) fn read(prompt: impl Fn() + Clone + Send + 'static) -> io::Result<Option<String>> {
    #[cfg(unix)]
    let _reading = unix::begin(prompt.clone())?;
    prompt();
    let stdin = io::stdin();
    #[cfg(unix)]
    unix::wait(&stdin)?;
    let mut bytes = Vec::new();
    if stdin.lock().read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&bytes);
    Ok(Some(line.chars().filter(|c| !c.is_control()).collect()))
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Stdin};

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::retry_on_intr;

    use crate::terminal::job_control::Redrawing;
    use crate::terminal::modes::{Mode, ModesGuard};

    /// Shows the prompt again when the program continues, until the result is dropped.
    pub(super) fn begin(prompt: impl Fn() + Send + 'static) -> io::Result<(Redrawing, ModesGuard)> {
        let redrawing = Redrawing::with(prompt);
        let modes = ModesGuard::new();
        modes.set(Mode::EchoedLine)?;
        Ok((redrawing, modes))
    }

    /// Waits for a line. A read in the background would stop the program before it could end by a signal.
    pub(super) fn wait(stdin: &Stdin) -> io::Result<()> {
        retry_on_intr(|| poll(&mut [PollFd::new(stdin, PollFlags::IN)], None))?;
        Ok(())
    }
}
