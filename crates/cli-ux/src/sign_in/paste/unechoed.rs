//! Lines of any length from a terminal that does not show them.
//!
//! A terminal that collects lines by itself cuts them at 4,095 bytes, so that they are read byte by
//! byte, in [`Mode::Unechoed`]. Ctrl-Z stops the job as always, but only after the modes are
//! restored for the shell. Only the foreground job reads and changes modes: in the background either
//! would stop it.

use std::io::{self, PipeReader, PipeWriter, Stdin};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, getpgrp, kill_current_process_group};
use rustix::termios::tcgetpgrp;
use zeroize::Zeroizing;

use crate::terminal::modes::{Mode, ModesGuard, restore};
use crate::ui::Ui;

/// Interval of the checks whether this is the foreground job, and whether its modes are still set.
const POLL_INTERVAL: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 250_000_000,
};

/// Ctrl-Z.
const SUSPEND: u8 = 0x1a;

/// Ctrl-U and Backspace, which the terminal does not handle in this mode.
const ERASE_ALL: u8 = 0x15;
const ERASE: [u8; 2] = [0x7f, 0x08];

/// A thread that reads lines, until one is taken or this is dropped.
pub(super) struct Lines {
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    /// Passes each line to `take` until it returns true, without what is longer than `max_bytes`.
    /// Ctrl-C is a signal meanwhile.
    pub(super) fn read(
        _: Ui,
        max_bytes: usize,
        take: impl Fn(&str) -> bool + Send + 'static,
    ) -> Self {
        let Ok((stopped, stop)) = io::pipe() else {
            log::debug!("nothing can be pasted: the system has no pipes left");
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
            take,
        };
        // Before the thread starts, so that nothing that is pasted from now on is echoed.
        let _ = reader.is_ready();
        Self {
            stop: Some(stop),
            thread: Some(thread::spawn(move || reader.run())),
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread would have ended the program.
            let _ = thread.join();
        }
    }
}

/// The state of the thread.
struct Reader<F> {
    stdin: Stdin,
    /// Is readable once the reader has to stop.
    stopped: PipeReader,
    modes: ModesGuard,
    line: Line,
    take: F,
}

impl<F: Fn(&str) -> bool> Reader<F> {
    fn run(mut self) {
        let mut is_suspended = false;
        loop {
            // A job that is to stop stops soon, but not at once: until then the modes stay.
            let is_ready = !is_suspended && self.is_ready();
            is_suspended = false;
            let mut watched = vec![PollFd::new(&self.stopped, PollFlags::IN)];
            if is_ready {
                watched.push(PollFd::new(&self.stdin, PollFlags::IN));
            }
            match poll(&mut watched, Some(&POLL_INTERVAL)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
            let happened = |at: usize| watched.get(at).is_some_and(|fd| !fd.revents().is_empty());
            if happened(0) {
                return;
            }
            if happened(1) && self.is_in_foreground() {
                match self.line.read_on(&self.take) {
                    Next::More => {}
                    Next::Suspend => {
                        suspend();
                        is_suspended = true;
                    }
                    Next::End => return,
                }
            }
        }
    }

    /// Returns whether this is the foreground job and its modes are set, which it does if needed.
    fn is_ready(&self) -> bool {
        self.is_in_foreground() && self.modes.set(Mode::Unechoed).is_ok()
    }

    fn is_in_foreground(&self) -> bool {
        tcgetpgrp(&self.stdin) == Ok(getpgrp())
    }
}

/// Stops the job, as the terminal does at Ctrl-Z.
fn suspend() {
    restore();
    // If that fails the program just continues.
    let _ = kill_current_process_group(Signal::TSTP);
}

/// Step after a read.
enum Next {
    More,
    Suspend,
    End,
}

/// A line as far as it is typed.
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

    /// Reads the available bytes. Reading ends with the input, and when a line is taken: the bytes
    /// after it are for the shell.
    fn read_on(&mut self, take: impl Fn(&str) -> bool) -> Next {
        let mut bytes = Zeroizing::new([0; 4096]);
        let Ok(count @ 1..) = rustix::io::read(io::stdin(), &mut bytes[..]) else {
            return Next::End;
        };
        for &byte in &bytes[..count] {
            match byte {
                b'\n' | b'\r' if self.is_taken(&take) => return Next::End,
                b'\n' | b'\r' => {}
                ERASE_ALL => self.bytes.clear(),
                SUSPEND => return Next::Suspend,
                byte if ERASE.contains(&byte) => drop(self.bytes.pop()),
                byte if self.bytes.len() <= self.max_bytes => self.bytes.push(byte),
                _ => {}
            }
        }
        Next::More
    }

    fn is_taken(&mut self, take: impl Fn(&str) -> bool) -> bool {
        let line = std::mem::take(&mut self.bytes);
        let text = Zeroizing::new(String::from_utf8_lossy(&line).into_owned());
        !text.trim().is_empty() && take(&text)
    }
}
