//! Line of input that the terminal edits and echoes.

use std::io::{self, BufRead as _};

/// Reads a line from stdin, without control characters. Returns `None` at the end of the input. Ctrl-C
/// raises a signal.
pub(crate) fn read() -> io::Result<Option<String>> {
    let stdin = io::stdin();
    #[cfg(unix)]
    {
        use rustix::event::{PollFd, PollFlags, poll};
        use rustix::io::retry_on_intr;
        // A read in the background would stop the program before it could end by a signal.
        retry_on_intr(|| poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None))?;
    }
    let mut bytes = Vec::new();
    if stdin.lock().read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&bytes);
    Ok(Some(line.chars().filter(|c| !c.is_control()).collect()))
}
