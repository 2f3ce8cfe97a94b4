//! A terminal with a person at it: a program that runs on it cannot tell it from a real one.

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

use crate::running_program::PATIENCE;
use crate::transcript::{Redactions, Transcript};
use screen::Screen;

/// What a shell does for a program on its terminal: makes it the foreground job, says how it
/// ended, and stays. Otherwise the kernel hangs up at the program's end, and
/// drops what was not read by then.
const LEADER: &str = r#"
    set -m
    exec 2>/dev/null
    "$@" 2>&1
    printf '\033]ended;%d\a' $?
    kill -STOP $$
"#;

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

/// A key that is no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
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
    /// A letter while Ctrl is held, as `Ctrl('c')`.
    Ctrl(char),
}

/// A program on a pseudo-terminal of 80 columns and 24 rows, whose screen is read as it is
/// drawn. Dropped, it is killed.
///
/// The screen answers what terminals are asked (where the cursor is); a narrower window cuts the
/// lines that are there already, where a real one might wrap them anew.
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
        let (pty, pts) = pty_process::blocking::open().expect("the system has pseudo-terminals");
        let keyboard = Arc::new(File::from(OwnedFd::from(pty)));
        set_size(&keyboard, ROWS, COLUMNS);
        let modes_at_start = tcgetattr(&keyboard).expect("a terminal has modes");
        let leader = pty_process::blocking::Command::from(led(command)).spawn(pts);
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

    /// Returns the text that stands on the screen now, lines that wrap as one.
    pub fn screen(&mut self) -> String {
        while self.draw(Instant::now()).is_ok() {}
        self.screen.text()
    }

    /// Returns every byte that the program has written so far, control sequences included.
    pub fn written(&mut self) -> Vec<u8> {
        while self.draw(Instant::now()).is_ok() {}
        self.screen.bytes().to_vec()
    }

    /// Waits until the text on the screen is as `is_it` wants it, and returns it.
    ///
    /// # Panics
    ///
    /// Where the program ends or a minute goes by before.
    pub fn wait_until(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen.text();
            if is_it(&screen) {
                return screen;
            }
            if let Err(error) = self.draw(deadline) {
                let line = &self.command_line;
                panic!("{line}: no such screen ({error}):\n{screen}");
            }
        }
    }

    /// Waits until `text` stands on the screen, and returns all of it.
    ///
    /// # Panics
    ///
    /// As [`Terminal::wait_until`].
    pub fn wait_for(&mut self, text: &str) -> String {
        self.wait_until(|screen| screen.contains(text))
    }

    /// Waits for a line of the screen that begins with an address, and returns the address.
    ///
    /// # Panics
    ///
    /// As [`Terminal::wait_until`].
    pub fn wait_for_url(&mut self) -> String {
        let is_whole = |line: &str| line.starts_with("http");
        let screen = self.wait_until(|screen| {
            let mut lines = screen.lines().skip_while(|line| !is_whole(line));
            // What comes after it says that it was drawn to its end.
            lines.nth(1).is_some()
        });
        let url = screen.lines().find(|line| is_whole(line));
        url.expect("such a line was waited for").to_owned()
    }

    /// Types `text`, letter by letter as far as the program can tell.
    ///
    /// # Panics
    ///
    /// Where the program has hung up.
    pub fn type_text(&mut self, text: &str) {
        let mut keyboard = &*self.keyboard;
        let typed = keyboard.write_all(text.as_bytes());
        typed.expect("the program has not hung up");
    }

    /// Presses a key.
    ///
    /// # Panics
    ///
    /// Where the program has hung up.
    pub fn press(&mut self, key: Key) {
        self.type_text(&key.bytes());
    }

    /// Pastes `text`: in brackets where the program has asked for them.
    ///
    /// # Panics
    ///
    /// Where the program has hung up.
    pub fn paste(&mut self, text: &str) {
        if self.screen.wants_bracketed_paste() {
            self.type_text(&format!("\u{1b}[200~{text}\u{1b}[201~"));
        } else {
            self.type_text(text);
        }
    }

    /// Makes the window another size, and tells the program so.
    ///
    /// # Panics
    ///
    /// For a window without a row or a column.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        while self.draw(Instant::now()).is_ok() {}
        self.screen.resize(rows, columns);
        set_size(&self.keyboard, rows, columns);
    }

    /// Waits until the terminal no longer shows by itself what is typed.
    ///
    /// # Panics
    ///
    /// Where a minute goes by before.
    pub fn wait_until_unechoed(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.is_echoing() {
            assert!(Instant::now() < deadline, "{} echoes", self.command_line);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the terminal shows by itself what is typed.
    ///
    /// # Panics
    ///
    /// Where the system does not say.
    #[must_use]
    pub fn is_echoing(&self) -> bool {
        self.modes().local_modes.contains(LocalModes::ECHO)
    }

    /// Waits for the program's end, at most a minute, and returns what the terminal shows by
    /// then: with what has scrolled away, without spaces at the ends of lines.
    ///
    /// # Panics
    ///
    /// Where the minute goes by, and where the terminal is left otherwise than it was found: in
    /// another mode, without a cursor, or with brackets around what is pasted.
    #[must_use = "the transcript says how it went"]
    pub fn finish(mut self) -> Transcript {
        let status = self.wait();
        let line = std::mem::take(&mut self.command_line);
        let text = self.screen.whole_text();
        let (modes, found) = (self.modes(), &self.modes_at_start);
        let is_restored =
            modes.local_modes == found.local_modes && modes.input_modes == found.input_modes;
        assert!(is_restored, "{line} leaves the terminal raw:\n{text}");
        assert!(!self.screen.is_odd(), "{line} leaves a mode on:\n{text}");
        Transcript::of_terminal(line, text, status, self.redactions.clone())
    }

    /// Draws everything that the program writes until it ends.
    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(code) = self.screen.ended() {
                return ExitStatus::from_raw(code << 8);
            }
            if let Err(error) = self.draw(deadline) {
                let (line, text) = (&self.command_line, self.screen.text());
                panic!("{line} does not end ({error}):\n{text}");
            }
        }
    }

    /// Draws what comes next, which is nothing after the program's end.
    fn draw(&mut self, deadline: Instant) -> Result<(), RecvTimeoutError> {
        if self.screen.ended().is_some() {
            return Err(RecvTimeoutError::Disconnected);
        }
        let rest = deadline.saturating_duration_since(Instant::now());
        let bytes = self.output.recv_timeout(rest)?;
        let answer = self.screen.draw(&bytes);
        if !answer.is_empty() {
            // A program that has ended does not wait for it.
            let _ = (&*self.keyboard).write_all(&answer);
        }
        Ok(())
    }

    fn modes(&self) -> Termios {
        tcgetattr(&self.keyboard).expect("a terminal has modes")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Where a test failed its program is still there, and may heed nothing but this.
        if let Ok(job) = tcgetpgrp(&self.keyboard) {
            let _ = kill_process_group(job, Signal::KILL);
        }
        let _ = self.leader.kill();
        let _ = self.leader.wait();
    }
}

impl Key {
    /// What an xterm sends.
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
                let letter = u8::try_from(letter).expect("Ctrl goes with ASCII");
                return char::from(letter & 0x1f).to_string();
            }
        };
        sequence.to_owned()
    }
}

/// Returns what leads `command`'s session.
fn led(command: &Command) -> Command {
    let mut leader = Command::new("/bin/sh");
    leader.args(["-c", LEADER, "sh"]);
    leader.arg(command.get_program()).args(command.get_args());
    leader.env_clear();
    for (name, value) in command.get_envs() {
        leader.env(
            name,
            value.expect("nothing is taken from an empty environment"),
        );
    }
    leader.current_dir(command.get_current_dir().expect("the home is given"));
    leader
}

fn set_size(pty: &File, ws_row: u16, ws_col: u16) {
    let size = Winsize {
        ws_row,
        ws_col,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(pty, size).expect("it is our own");
}

/// Reads on whatever the test does, so that the program never waits for its screen.
fn read_output(pty: Arc<File>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        // At the end Linux says EIO.
        while let Ok(length @ 1..) = (&*pty).read(&mut chunk) {
            if sender.send(chunk[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    output
}
