//! Programs on a pseudo-terminal, with key presses and a screen.

mod screen;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process_group};
use rustix::termios::{LocalModes, Termios, Winsize, tcgetattr, tcgetpgrp, tcsetwinsize};

use crate::running_program::TIMEOUT;
use crate::signals;
use crate::transcript::{Redactions, Transcript};
use screen::Screen;

/// Script of the session leader. It runs the program as the foreground job, reports the exit
/// status, and stops. If it ended, the kernel would hang up the terminal and discard unread output.
const LEADER: &str = r#"
    set -m
    exec 2>/dev/null
    "$@" 2>&1
    printf '\033]ended;%d\a' $?
    kill -STOP $$
"#;

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

/// Key without a printable character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the labels of the keys")]
pub enum Key {
    Enter,
    Tab,
    Escape,
    Backspace,
    Delete,
    Up,
    Down,
    Right,
    Left,
    Home,
    End,
    PageUp,
    PageDown,
    /// Letter with Ctrl, for example `Ctrl('c')`.
    Ctrl(char),
}

/// Program on a pseudo-terminal of 80 columns and 24 rows. Dropping it kills the program.
///
/// The terminal replies to requests for the cursor position. A narrower window truncates existing
/// lines, which some real terminals would wrap again.
#[derive(Debug)]
pub struct Terminal {
    command_line: String,
    leader: Child,
    keyboard: Arc<File>,
    output: Receiver<Vec<u8>>,
    screen: Screen,
    modes_at_start: Termios,
    redactions: Redactions,
}

impl Terminal {
    pub(crate) fn start(command: &Command, line: &str, redactions: Redactions) -> Self {
        let (pty, pts) =
            pty_process::blocking::open().expect("the operating system has pseudo-terminals");
        let keyboard = Arc::new(File::from(OwnedFd::from(pty)));
        set_size(&keyboard, ROWS, COLUMNS);
        let modes_at_start = tcgetattr(&keyboard).expect("a terminal has modes");
        let leader = pty_process::blocking::Command::from(session_leader(command)).spawn(pts);
        let leader = leader.unwrap_or_else(|error| panic!("cannot start {line}: {error}"));
        Self {
            command_line: line.to_owned(),
            leader,
            output: read_output(keyboard.clone()),
            keyboard,
            screen: Screen::new(ROWS, COLUMNS),
            modes_at_start,
            redactions,
        }
    }

    /// Returns the current text of the screen. A wrapped line is one line.
    pub fn screen(&mut self) -> String {
        while self.draw(Instant::now()).is_ok() {}
        self.screen.text()
    }

    /// Returns all bytes that the program has written, including control sequences.
    pub fn written(&mut self) -> Vec<u8> {
        while self.draw(Instant::now()).is_ok() {}
        self.screen.bytes().to_vec()
    }

    /// Waits until the text of the screen matches `predicate`, and returns the text.
    ///
    /// # Panics
    ///
    /// If the program ends or a minute passes without a match.
    pub fn wait_until(&mut self, predicate: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let screen = self.screen.text();
            if predicate(&screen) {
                return screen;
            }
            if let Err(error) = self.draw(deadline) {
                let line = &self.command_line;
                panic!("{line}: no matching screen ({error}):\n{screen}");
            }
        }
    }

    /// Waits until the screen contains `text`, and returns the text of the screen.
    ///
    /// # Panics
    ///
    /// Like [`Terminal::wait_until`].
    pub fn wait_for(&mut self, text: &str) -> String {
        self.wait_until(|screen| screen.contains(text))
    }

    /// Waits for a line that starts with a URL, and returns that line.
    ///
    /// # Panics
    ///
    /// Like [`Terminal::wait_until`].
    pub fn wait_for_url(&mut self) -> String {
        let is_url = |line: &str| line.starts_with("http");
        let screen = self.wait_until(|screen| {
            let mut lines = screen.lines().skip_while(|line| !is_url(line));
            // The next line shows that the URL is drawn completely.
            lines.nth(1).is_some()
        });
        let url = screen.lines().find(|line| is_url(line));
        url.expect("the screen contains a URL").to_owned()
    }

    /// Types `text`.
    ///
    /// # Panics
    ///
    /// If the terminal is closed.
    pub fn type_text(&mut self, text: &str) {
        let mut keyboard = &*self.keyboard;
        let typed = keyboard.write_all(text.as_bytes());
        typed.expect("the terminal is open");
    }

    /// Presses a key.
    ///
    /// # Panics
    ///
    /// If the terminal is closed.
    pub fn press(&mut self, key: Key) {
        self.type_text(&key.bytes());
    }

    /// Sends a signal, for example `TERM`, to the first process of the foreground job.
    ///
    /// # Panics
    ///
    /// If `kill` is not installed or fails.
    pub fn send(&self, signal: &str) {
        let job = tcgetpgrp(&self.keyboard).expect("the terminal has a foreground job");
        signals::send(signal, &job.to_string());
    }

    /// Closes the terminal like a terminal window: the kernel sends SIGHUP to the foreground job.
    ///
    /// # Panics
    ///
    /// If the operating system returns an error.
    pub fn hang_up(&mut self) {
        self.leader.kill().expect("the session leader is running");
        self.leader.wait().expect("the session leader is a child");
    }

    /// Pastes `text`, with the control sequences of bracketed paste mode if the program has turned
    /// it on.
    ///
    /// # Panics
    ///
    /// If the terminal is closed.
    pub fn paste(&mut self, text: &str) {
        if self.screen.uses_bracketed_paste() {
            self.type_text(&format!("\u{1b}[200~{text}\u{1b}[201~"));
        } else {
            self.type_text(text);
        }
    }

    /// Changes the size of the window and notifies the program (`SIGWINCH`).
    ///
    /// # Panics
    ///
    /// If `rows` or `columns` is zero.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        while self.draw(Instant::now()).is_ok() {}
        self.screen.resize(rows, columns);
        set_size(&self.keyboard, rows, columns);
    }

    /// Waits until the program has turned off the echo of typed text.
    ///
    /// # Panics
    ///
    /// If the program does not turn off the echo within a minute.
    pub fn wait_until_unechoed(&self) {
        let deadline = Instant::now() + TIMEOUT;
        while self.is_echoing() {
            assert!(
                Instant::now() < deadline,
                "{} does not turn off the echo",
                self.command_line
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns whether the terminal echoes typed text.
    ///
    /// # Panics
    ///
    /// If the modes of the terminal cannot be read.
    #[must_use]
    pub fn is_echoing(&self) -> bool {
        self.modes().local_modes.contains(LocalModes::ECHO)
    }

    /// Waits until the program ends, and returns the text of the terminal, including lines that
    /// have scrolled off the screen, without trailing spaces.
    ///
    /// # Panics
    ///
    /// If the program does not end within a minute, or if it does not restore the modes of the
    /// terminal, the cursor, bracketed paste mode, and the main screen.
    #[must_use = "the transcript contains the exit status"]
    pub fn finish(mut self) -> Transcript {
        let status = self.wait();
        let line = std::mem::take(&mut self.command_line);
        let text = self.screen.full_text();
        let (modes, initial) = (self.modes(), &self.modes_at_start);
        let is_restored =
            modes.local_modes == initial.local_modes && modes.input_modes == initial.input_modes;
        assert!(
            is_restored,
            "{line} did not restore the terminal modes:\n{text}"
        );
        assert!(
            !self.screen.has_modes_on(),
            "{line} left a screen mode on:\n{text}"
        );
        Transcript::of_terminal(line, text, status, self.redactions.clone())
    }

    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            if let Some(code) = self.screen.exit_status() {
                return ExitStatus::from_raw(code << 8);
            }
            if let Err(error) = self.draw(deadline) {
                let (line, text) = (&self.command_line, self.screen.text());
                panic!("{line} did not end ({error}):\n{text}");
            }
        }
    }

    fn draw(&mut self, deadline: Instant) -> Result<(), RecvTimeoutError> {
        if self.screen.exit_status().is_some() {
            return Err(RecvTimeoutError::Disconnected);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let bytes = self.output.recv_timeout(left)?;
        let reply = self.screen.draw(&bytes);
        if !reply.is_empty() {
            // The error is ignored: the program may have ended.
            let _ = (&*self.keyboard).write_all(&reply);
        }
        Ok(())
    }

    fn modes(&self) -> Termios {
        tcgetattr(&self.keyboard).expect("a terminal has modes")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // If a test failed, the program is still running, and may ignore other signals.
        if let Ok(job) = tcgetpgrp(&self.keyboard) {
            let _ = kill_process_group(job, Signal::KILL);
        }
        let _ = self.leader.kill();
        let _ = self.leader.wait();
    }
}

impl Key {
    /// Returns the bytes that xterm sends.
    fn bytes(self) -> String {
        let sequence = match self {
            Self::Enter => "\r",
            Self::Tab => "\t",
            Self::Escape => "\u{1b}",
            Self::Backspace => "\u{7f}",
            Self::Delete => "\u{1b}[3~",
            Self::Up => "\u{1b}[A",
            Self::Down => "\u{1b}[B",
            Self::Right => "\u{1b}[C",
            Self::Left => "\u{1b}[D",
            Self::Home => "\u{1b}[H",
            Self::End => "\u{1b}[F",
            Self::PageUp => "\u{1b}[5~",
            Self::PageDown => "\u{1b}[6~",
            Self::Ctrl(letter) => {
                let letter = u8::try_from(letter).expect("Ctrl is combined with an ASCII letter");
                return char::from(letter & 0x1f).to_string();
            }
        };
        sequence.to_owned()
    }
}

fn session_leader(command: &Command) -> Command {
    let mut leader = Command::new("/bin/sh");
    leader.args(["-c", LEADER, "sh"]);
    leader.arg(command.get_program()).args(command.get_args());
    leader.env_clear();
    for (name, value) in command.get_envs() {
        leader.env(
            name,
            value.expect("no variable is removed from an empty environment"),
        );
    }
    leader.current_dir(
        command
            .get_current_dir()
            .expect("the command has a directory"),
    );
    leader
}

fn set_size(pty: &File, ws_row: u16, ws_col: u16) {
    let size = Winsize {
        ws_row,
        ws_col,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(pty, size).expect("the pseudo-terminal is open");
}

/// Reads the output in a thread, so that the program never blocks.
fn read_output(pty: Arc<File>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        // At the end, Linux returns EIO.
        while let Ok(length @ 1..) = (&*pty).read(&mut chunk) {
            if sender.send(chunk[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    output
}
