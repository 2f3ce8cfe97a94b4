//! A program that waits, and a test that meanwhile does what it waits for.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

use crate::transcript::{Redactions, Transcript};

/// Longer than anything that works takes, on a slow machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How long the pipes may stay open after the program's end, where a child of its has them.
const AFTERMATH: Duration = Duration::from_secs(2);

/// A started program, whose lines are read as they come. Dropped, it is killed.
#[derive(Debug)]
pub struct RunningProgram {
    command_line: String,
    child: Child,
    lines: Receiver<(Stream, String)>,
    seen: [String; 2],
    redactions: Redactions,
}

#[derive(Clone, Copy, Debug)]
enum Stream {
    Stdout,
    Stderr,
}

impl RunningProgram {
    pub(crate) fn start(mut command: Command, line: &str, redactions: Redactions) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let started = command.spawn();
        let mut child = started.unwrap_or_else(|error| panic!("cannot start {line}: {error}"));
        let (sender, lines) = channel();
        read_lines(child.stdout.take(), Stream::Stdout, sender.clone());
        read_lines(child.stderr.take(), Stream::Stderr, sender);
        Self {
            command_line: line.to_owned(),
            child,
            lines,
            seen: [String::new(), String::new()],
            redactions,
        }
    }

    /// Returns the process's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the next line, on either stream, that `is_it` accepts; returns it without its
    /// end.
    ///
    /// # Panics
    ///
    /// Where the program ends or a minute goes by without such a line.
    pub fn wait_for_line(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = self.next_line(deadline).unwrap_or_else(|error| {
                panic!(
                    "{}: no such line ({error}):\n{}",
                    self.command_line,
                    self.seen.concat()
                )
            });
            if is_it(&line) {
                return line;
            }
        }
    }

    /// Waits for the next line with an address in it, and returns the address.
    ///
    /// # Panics
    ///
    /// As [`RunningProgram::wait_for_line`].
    pub fn wait_for_url(&mut self) -> String {
        let is_url = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
        let line = self.wait_for_line(|line| line.split_whitespace().any(|word| is_url(&word)));
        let url = line.split_whitespace().find(is_url);
        url.expect("a line with an address was waited for")
            .to_owned()
    }

    /// Writes a line to the program's standard input.
    ///
    /// # Panics
    ///
    /// Where the program does not take it.
    pub fn write_line(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("standard input is a pipe");
        writeln!(stdin, "{line}").expect("the program reads its standard input");
    }

    /// Interrupts the program as Ctrl-C does. Where the tests themselves ignore that signal, as
    /// a script's background jobs do, so does the program.
    ///
    /// # Panics
    ///
    /// Where the system has no `kill`.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "cannot interrupt {id}"
        );
    }

    /// Ends the program at once, as a power cut does.
    ///
    /// # Panics
    ///
    /// Where the system refuses.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is our own process");
    }

    /// Waits for the program's end, at most a minute, and returns what it wrote.
    ///
    /// # Panics
    ///
    /// Where the minute goes by.
    #[must_use = "the transcript says how it went"]
    pub fn finish(mut self) -> Transcript {
        drop(self.child.stdin.take());
        let status = self.wait();
        let deadline = Instant::now() + AFTERMATH;
        while self.next_line(deadline).is_ok() {}
        let seen = std::mem::take(&mut self.seen);
        let line = std::mem::take(&mut self.command_line);
        Transcript::new(line, seen, status, self.redactions.clone())
    }

    /// The readers go on meanwhile, so that no pipe is ever full.
    fn wait(&mut self) -> ExitStatus {
        let status = self
            .child
            .wait_timeout(PATIENCE)
            .expect("a child can be waited for");
        status.unwrap_or_else(|| {
            while self.next_line(Instant::now()).is_ok() {}
            panic!(
                "{} does not end:\n{}",
                self.command_line,
                self.seen.concat()
            )
        })
    }

    fn next_line(&mut self, deadline: Instant) -> Result<String, RecvTimeoutError> {
        let rest = deadline.saturating_duration_since(Instant::now());
        let (stream, line) = self.lines.recv_timeout(rest)?;
        self.seen[stream as usize].push_str(&line);
        Ok(line.trim_end_matches(['\n', '\r']).to_owned())
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        // It has ended already, unless a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(
    pipe: Option<impl Read + Send + 'static>,
    stream: Stream,
    lines: Sender<(Stream, String)>,
) {
    let mut pipe = BufReader::new(pipe.expect("the stream is a pipe"));
    thread::spawn(move || {
        let mut line = Vec::new();
        while pipe
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let text = String::from_utf8_lossy(&line).into_owned();
            if lines.send((stream, text)).is_err() {
                return;
            }
            line.clear();
        }
    });
}
