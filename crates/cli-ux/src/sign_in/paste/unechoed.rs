//! Lines of any length from a terminal that shows nothing of them.
//!
//! A terminal that gathers lines by itself cuts them at 4,095 bytes. So it is told not to, and not
//! to echo; Ctrl-C stays a signal, and output stays as it is. Ctrl-Z does what it always does, but
//! not before the shell can have the terminal as it was. Only the foreground job reads, or changes
//! a mode: in the background either would stop it.

use std::io::{self, PipeReader, PipeWriter, Stdin};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, getpgrp, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr,
};
use zeroize::Zeroizing;

use super::LONGEST;
use crate::Ui;

/// How often to see whether this is the foreground job now, and whether the modes are still ours.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 250_000_000,
};

/// Ctrl-Z, and what stands in the place of a key that is to mean nothing (`_POSIX_VDISABLE`).
const SUSPEND: u8 = 0x1a;
const NO_KEY: u8 = if cfg!(any(target_os = "linux", target_os = "android")) {
    0
} else {
    0xff
};

/// Ctrl-U and Backspace, which the terminal no longer sees to.
const ERASE_ALL: u8 = 0x15;
const ERASE: [u8; 2] = [0x7f, 0x08];

/// The modes of the terminal before it was changed.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// A thread that reads lines, until one is taken or this is dropped.
pub(super) struct Lines {
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    /// Passes each line to `take`, until that returns true. Ctrl-C is a signal meanwhile.
    pub(super) fn read(_: Ui, take: impl Fn(&str) -> bool + Send + 'static) -> Self {
        let Ok((stopped, stop)) = io::pipe() else {
            log::debug!("nothing can be pasted: the system has no pipes left");
            return Self {
                stop: None,
                thread: None,
            };
        };
        // So that nothing that is pasted from now on is echoed.
        let stdin = io::stdin();
        let _ = is_in_foreground(&stdin) && is_made_unechoed(&stdin);
        Self {
            stop: Some(stop),
            thread: Some(thread::spawn(move || {
                read_lines(&stdin, &stopped, take);
                restore();
            })),
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It does not panic; and if, the program ends by that.
            let _ = thread.join();
        }
    }
}

/// Gives the terminal its modes back, if they were changed.
pub(crate) fn restore() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let stdin = io::stdin();
    if let Some(before) = before
        && is_in_foreground(&stdin)
    {
        // Where the terminal is gone there is nothing to restore.
        let _ = tcsetattr(&stdin, OptionalActions::Now, &before);
    }
}

fn read_lines(stdin: &Stdin, stopped: &PipeReader, take: impl Fn(&str) -> bool) {
    let mut line = Line::default();
    let mut is_suspended = false;
    loop {
        // A job that is to stop stops soon, but not at once: until then the modes stay.
        let is_ours = !is_suspended && is_in_foreground(stdin) && is_made_unechoed(stdin);
        is_suspended = false;
        let mut watched = vec![PollFd::new(stopped, PollFlags::IN)];
        if is_ours {
            watched.push(PollFd::new(stdin, PollFlags::IN));
        }
        match poll(&mut watched, Some(&LOOK)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
        let happened = |at: usize| watched.get(at).is_some_and(|fd| !fd.revents().is_empty());
        if happened(0) {
            return;
        }
        if happened(1) && is_in_foreground(stdin) {
            match line.read_on(&take) {
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

/// Has the job stopped, as the terminal does at Ctrl-Z.
fn suspend() {
    restore();
    // Where that fails the program just goes on.
    let _ = kill_current_process_group(Signal::TSTP);
}

fn is_in_foreground(stdin: &Stdin) -> bool {
    tcgetpgrp(stdin) == Ok(getpgrp())
}

/// Changes the modes where they are not changed yet; or not any more, since a shell gives each job
/// that comes to the foreground the usual ones.
fn is_made_unechoed(stdin: &Stdin) -> bool {
    let Ok(modes) = tcgetattr(stdin) else {
        return false;
    };
    let changed = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL;
    if !modes.local_modes.intersects(changed) {
        return true;
    }
    let mut unechoed = modes.clone();
    unechoed.local_modes.remove(changed);
    unechoed.special_codes[SpecialCodeIndex::VMIN] = 1;
    unechoed.special_codes[SpecialCodeIndex::VTIME] = 0;
    unechoed.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    before.get_or_insert(modes);
    tcsetattr(stdin, OptionalActions::Now, &unechoed).is_ok()
}

/// What comes after some bytes were read.
enum Next {
    More,
    Suspend,
    End,
}

/// A line as far as it is typed.
#[derive(Default)]
struct Line(Zeroizing<Vec<u8>>);

impl Line {
    /// Reads what is there. The end is when there will be no more, or a line was taken: what comes
    /// after it is the shell's.
    fn read_on(&mut self, take: impl Fn(&str) -> bool) -> Next {
        let mut bytes = Zeroizing::new([0; 4096]);
        let Ok(count @ 1..) = rustix::io::read(io::stdin(), &mut bytes[..]) else {
            return Next::End;
        };
        for &byte in &bytes[..count] {
            match byte {
                b'\n' | b'\r' if self.is_taken(&take) => return Next::End,
                b'\n' | b'\r' => {}
                ERASE_ALL => self.0.clear(),
                SUSPEND => return Next::Suspend,
                byte if ERASE.contains(&byte) => drop(self.0.pop()),
                byte if self.0.len() <= LONGEST => self.0.push(byte),
                _ => {}
            }
        }
        Next::More
    }

    fn is_taken(&mut self, take: impl Fn(&str) -> bool) -> bool {
        let line = std::mem::take(&mut self.0);
        let text = Zeroizing::new(String::from_utf8_lossy(&line).into_owned());
        !text.trim().is_empty() && take(&text)
    }
}
