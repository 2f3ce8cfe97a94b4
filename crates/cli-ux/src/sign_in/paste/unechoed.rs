//! Lines of any length, read from the terminal without echo.
//!
//! In canonical mode, a terminal cuts lines at 4,095 bytes, so they are read byte by byte in
//! [`Mode::Unechoed`]. Ctrl-Z stops the job as usual, after the modes are restored for the shell.
//! Only a foreground job reads and changes modes; in the background, both would stop the job.

use std::io::{self, PipeReader, PipeWriter, Stdin};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, kill_current_process_group};
use zeroize::Zeroizing;

use super::{Input, start};
use crate::terminal::foreground;
use crate::terminal::modes::{Mode, ModesGuard, restore};
use crate::ui::Ui;

/// Interval at which the reader checks whether the job is in the foreground and the modes are set.
const POLL_INTERVAL: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 250_000_000,
};

/// Time in which the rest of a sequence follows its first byte, also over a slow connection.
const ESCAPE_PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};

/// Escape key, and first byte of a sequence.
const ESCAPE: u8 = 0x1b;

/// Ctrl-Z.
const SUSPEND: u8 = 0x1a;

/// Ctrl-U, which the terminal does not handle in this mode.
const ERASE_ALL: u8 = 0x15;

/// Backspace, which the terminal does not handle in this mode.
const ERASE: [u8; 2] = [0x7f, 0x08];

/// Marker that a terminal sends after a bracketed paste, for example because the shell has not turned
/// off this mode.
const PASTE_END: &[u8] = b"\x1b[201~";

/// Thread that reads lines until one is accepted or this is dropped.
pub(super) struct Lines {
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    /// Passes lines to `input` until it ends with one: all lines that are available at once, because
    /// a paste may contain line breaks. Longer input is cut at `max_bytes`. Ctrl-C still raises a
    /// signal.
    pub(super) fn read(
        _: Ui,
        max_bytes: usize,
        input: Input<impl Fn(&str) -> bool + Send + 'static>,
    ) -> Self {
        let Ok((stopped, stop)) = io::pipe() else {
            log::debug!("pasting a URL is not available: cannot create a pipe");
            return Self {
                stop: None,
                thread: None,
            };
        };
        let reader = Reader {
            stdin: io::stdin(),
            stopped,
            modes: ModesGuard::new(),
            line: Line::new(max_bytes),
            input,
        };
        // Set the mode before the thread starts, so that an early paste is not echoed.
        let _ = reader.prepare();
        Self {
            stop: Some(stop),
            thread: start(move || reader.run()),
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in the thread ends the process.
            let _ = thread.join();
        }
    }
}

struct Reader<F> {
    stdin: Stdin,
    /// Readable when the reader has to stop.
    stopped: PipeReader,
    modes: ModesGuard,
    line: Line,
    input: Input<F>,
}

impl<F: Fn(&str) -> bool> Reader<F> {
    fn run(mut self) {
        let mut is_suspended = false;
        loop {
            // After the signal the job stops with a delay; until then the modes must stay restored.
            let is_ready = !is_suspended && self.prepare();
            is_suspended = false;
            let mut watched = vec![PollFd::new(&self.stopped, PollFlags::IN)];
            if is_ready {
                watched.push(PollFd::new(&self.stdin, PollFlags::IN));
            }
            match poll(&mut watched, Some(&POLL_INTERVAL)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
            let is_ready_at =
                |at: usize| watched.get(at).is_some_and(|fd| !fd.revents().is_empty());
            if is_ready_at(0) {
                return;
            }
            if is_ready_at(1) && self.is_in_foreground() {
                match self.line.read_available() {
                    Next::More => {}
                    Next::Suspend => {
                        suspend();
                        is_suspended = true;
                    }
                    Next::End => return,
                }
                if self.is_at_end() {
                    return;
                }
            }
        }
    }

    /// Returns whether the input ends with a line that is accepted, or with the Escape key.
    fn is_at_end(&mut self) -> bool {
        if self.line.ends_with_escape() && !self.has_input_within(&ESCAPE_PAUSE) {
            return self.input.ends_with_escape();
        }
        let is_complete = self.line.is_complete() && !self.has_input_within(&Timespec::default());
        is_complete && self.line.accepts(|text| self.input.ends_with(text))
    }

    fn has_input_within(&self, timeout: &Timespec) -> bool {
        let mut watched = [PollFd::new(&self.stdin, PollFlags::IN)];
        poll(&mut watched, Some(timeout)).is_ok_and(|ready| ready > 0)
    }

    /// Sets the modes if this is the foreground job. Returns whether input can be read.
    fn prepare(&self) -> bool {
        self.is_in_foreground() && self.modes.set(Mode::Unechoed).is_ok()
    }

    fn is_in_foreground(&self) -> bool {
        foreground::has(&self.stdin) == Some(true)
    }
}

/// Stops the job like Ctrl-Z in the default mode.
fn suspend() {
    restore();
    // On failure the program continues.
    let _ = kill_current_process_group(Signal::TSTP);
}

enum Next {
    More,
    Suspend,
    End,
}

/// Lines since the last ones that were complete.
struct Line {
    bytes: Zeroizing<Vec<u8>>,
    max_bytes: usize,
}

impl Line {
    fn new(max_bytes: usize) -> Self {
        Self {
            bytes: Zeroizing::default(),
            max_bytes,
        }
    }

    /// Reads the available bytes.
    fn read_available(&mut self) -> Next {
        let mut bytes = Zeroizing::new([0; 4096]);
        let Ok(count @ 1..) = rustix::io::read(io::stdin(), &mut bytes[..]) else {
            return Next::End;
        };
        for &byte in &bytes[..count] {
            match byte {
                b'\n' | b'\r' if self.bytes.ends_with(b"\n") => {}
                b'\n' | b'\r' => self.bytes.push(b'\n'),
                ERASE_ALL => self.bytes.clear(),
                SUSPEND => return Next::Suspend,
                byte if ERASE.contains(&byte) => drop(self.bytes.pop()),
                byte if self.bytes.len() <= self.max_bytes => self.bytes.push(byte),
                _ => {}
            }
        }
        Next::More
    }

    fn ends_with_escape(&self) -> bool {
        self.bytes.last() == Some(&ESCAPE)
    }

    /// Returns whether a line ends at the end of the input, or before the marker of the end of a
    /// bracketed paste.
    fn is_complete(&self) -> bool {
        let bytes = self.bytes.strip_suffix(PASTE_END).unwrap_or(&self.bytes);
        bytes.ends_with(b"\n")
    }

    fn accepts(&mut self, accept: impl Fn(&str) -> bool) -> bool {
        let line = std::mem::take(&mut self.bytes);
        let text = Zeroizing::new(String::from_utf8_lossy(&line).into_owned());
        !text.trim().is_empty() && accept(&text)
    }
}
