//! Writes to stderr. No other module writes there, except the progress lines.
//!
//! A pipe that no process reads, or a terminal whose output is stopped, accepts no bytes. A write then
//! waits, but not when the process ends: otherwise only SIGKILL would end it.

use std::io::{self, Write as _};
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};

/// Set when a signal or a panic ends the process.
#[cfg(unix)]
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Number of bytes that a writable pipe accepts without a wait (POSIX, `_POSIX_PIPE_BUF`).
#[cfg(unix)]
const POSIX_PIPE_BUF: usize = 512;

/// Limits the duration of all writes, because the process ends. A text is then lost if stderr does not
/// accept it within half a second. Also applies to writes in progress.
pub(crate) fn limit_waits() {
    #[cfg(unix)]
    IS_ENDING.store(true, Ordering::SeqCst);
}

/// Writes `text` without its escape sequences if stderr does not show them.
pub(crate) fn write_styled(text: &str, color: ColorChoice) -> io::Result<()> {
    #[cfg(unix)]
    {
        let color = match color {
            ColorChoice::Auto => AutoStream::choice(&io::stderr()),
            color => color,
        };
        let mut rendered = AutoStream::new(Vec::new(), color);
        rendered.write_all(text.as_bytes())?;
        write_all(&rendered.into_inner())
    }
    // Old consoles have functions in place of escape sequences.
    #[cfg(not(unix))]
    AutoStream::new(io::stderr().lock(), color).write_all(text.as_bytes())
}

/// Writes `bytes`, without the bytes of another thread between them.
#[cfg(unix)]
pub(crate) fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    use rustix::io::{Errno, retry_on_intr, write};
    use std::sync::{Mutex, PoisonError};

    // The lock of the standard library may belong to a progress line, whose writes have no limit.
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let stderr = io::stderr();
    while !bytes.is_empty() {
        wait_until_writable(&stderr)?;
        let part = &bytes[..bytes.len().min(POSIX_PIPE_BUF)];
        match retry_on_intr(|| write(&stderr, part)) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            // Another process may have made the pipe or the terminal non-blocking.
            Err(Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn wait_until_writable(stderr: &io::Stderr) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    const INTERVAL: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 500_000_000,
    };
    let mut files = [PollFd::new(stderr, PollFlags::OUT)];
    while rustix::io::retry_on_intr(|| poll(&mut files, Some(&INTERVAL)))? == 0 {
        if IS_ENDING.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn write_all(bytes: &[u8]) -> io::Result<()> {
    io::stderr().lock().write_all(bytes)
}
