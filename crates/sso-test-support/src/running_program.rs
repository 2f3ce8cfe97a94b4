//! Programs that run while the test interacts with them.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

#[cfg(unix)]
use crate::signals;
use crate::transcript::{Redactions, Transcript};

/// Time after which a test fails, long enough for a slow machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// Maximum time to wait for the end of stdout and stderr after the program ends, because a child
/// process may keep them open.
const OUTPUT_TIMEOUT: Duration = Duration::from_secs(2);

/// Running program. Threads read its output continuously. Dropping it kills the program.
#[derive(Debug)]
pub struct RunningProgram {
    command_line: String,
    child: Child,
    lines: Receiver<(Stream, String)>,
    output: [String; 2],
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
            output: [String::new(), String::new()],
            redactions,
        }
    }

    /// Returns the process ID.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the next line on stdout or stderr that matches `predicate`, and returns it without
    /// the line ending.
    ///
    /// # Panics
    ///
    /// If the program ends or a minute passes without such a line.
    pub fn wait_for_line(&mut self, predicate: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let line = self.next_line(deadline).unwrap_or_else(|error| {
                panic!(
                    "{}: no matching line ({error}):\n{}",
                    self.command_line,
                    self.output.concat()
                )
            });
            if predicate(&line) {
                return line;
            }
        }
    }

    /// Waits for the next line that contains a URL, and returns the URL.
    ///
    /// # Panics
    ///
    /// Like [`RunningProgram::wait_for_line`].
    pub fn wait_for_url(&mut self) -> String {
        let is_url = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
        let line = self.wait_for_line(|line| line.split_whitespace().any(|word| is_url(&word)));
        let url = line.split_whitespace().find(is_url);
        url.expect("the line contains a URL").to_owned()
    }

    /// Writes a line to the program's stdin.
    ///
    /// # Panics
    ///
    /// If the program has closed stdin.
    pub fn write_line(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("stdin is a pipe");
        writeln!(stdin, "{line}").expect("the program has not closed stdin");
    }

    /// Sends `SIGINT` to the program, like Ctrl-C.
    ///
    /// # Panics
    ///
    /// If `kill` is not installed or fails.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        self.send("INT");
    }

    /// Sends a signal to the program, for example `TERM`.
    ///
    /// # Panics
    ///
    /// Like [`RunningProgram::interrupt`].
    #[cfg(unix)]
    pub fn send(&self, signal: &str) {
        signals::send(signal, &self.child.id().to_string());
    }

    /// Kills the program, so that it cannot clean up.
    ///
    /// # Panics
    ///
    /// If the operating system returns an error.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child process can be killed");
    }

    /// Closes stdin, waits until the program ends, and returns its output.
    ///
    /// # Panics
    ///
    /// If the program does not end within a minute.
    #[must_use = "the transcript contains the exit status"]
    pub fn finish(mut self) -> Transcript {
        drop(self.child.stdin.take());
        let status = self.wait();
        let deadline = Instant::now() + OUTPUT_TIMEOUT;
        while self.next_line(deadline).is_ok() {}
        let output = std::mem::take(&mut self.output);
        let line = std::mem::take(&mut self.command_line);
        Transcript::new(line, output, status, self.redactions.clone())
    }

    /// Waits until the program ends. The reader threads continue, so that no pipe becomes full.
    fn wait(&mut self) -> ExitStatus {
        let status = self
            .child
            .wait_timeout(TIMEOUT)
            .expect("a child process can be waited for");
        status.unwrap_or_else(|| {
            while self.next_line(Instant::now()).is_ok() {}
            panic!(
                "{} did not end:\n{}",
                self.command_line,
                self.output.concat()
            )
        })
    }

    fn next_line(&mut self, deadline: Instant) -> Result<String, RecvTimeoutError> {
        let left = deadline.saturating_duration_since(Instant::now());
        let (stream, line) = self.lines.recv_timeout(left)?;
        self.output[stream as usize].push_str(&line);
        Ok(line.trim_end_matches(['\n', '\r']).to_owned())
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        // The program is still running only if a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(
    pipe: Option<impl Read + Send + 'static>,
    stream: Stream,
    lines: Sender<(Stream, String)>,
) {
    let mut pipe = BufReader::new(pipe.expect("stdout and stderr are pipes"));
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
