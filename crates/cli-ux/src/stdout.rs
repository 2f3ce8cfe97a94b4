//! Writes to stdout. No other module writes there.

use std::io::{self, ErrorKind};

use crate::failure::Failure;

/// Writes a result to stdout. A closed pipe is not an error.
///
/// # Errors
///
/// Of kind [`Other`](crate::FailureKind::Other) if stdout cannot be written, for example because the
/// disk is full.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::other(
            anyhow::Error::new(error).context("cannot write to stdout"),
        )),
        _ => Ok(()),
    }
}

/// Writes without the standard library, which ignores the error if stdout is not open for writing.
#[cfg(unix)]
fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    use rustix::io::{Errno, retry_on_intr, write};
    let stdout = io::stdout().lock();
    while !bytes.is_empty() {
        match retry_on_intr(|| write(&stdout, bytes)) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::AGAIN) => wait_until_writable(&stdout)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Another process may have made the pipe or the terminal non-blocking.
#[cfg(unix)]
fn wait_until_writable(stdout: &io::StdoutLock<'_>) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    let mut files = [PollFd::new(stdout, PollFlags::OUT)];
    rustix::io::retry_on_intr(|| poll(&mut files, None))?;
    Ok(())
}

#[cfg(not(unix))]
fn write_all(bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}
