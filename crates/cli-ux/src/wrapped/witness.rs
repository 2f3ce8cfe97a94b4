//! Witnesses of signals.
//!
//! A process that supervises a command forwards the signals that it receives, except those that the
//! kernel has sent to the whole process group, and so to the command. The system does not tell the
//! difference for signals from processes, such as `kill -INT -- -GROUP`. Therefore another process of
//! the program in the same process group, the witness, answers whether it has received a signal.

use std::collections::BTreeSet;
use std::io::{self, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
#[cfg(target_os = "linux")]
use rustix::process::Pid;

use super::forward::forwarded;
use super::receiver::Receiver;
use crate::failure::Failure;
use crate::ui::Ui;

/// Maximum time for an answer of the witness, which may have been stopped.
const ANSWER_TIMEOUT: Timespec = Timespec {
    tv_sec: 2,
    tv_nsec: 0,
};

const YES: &str = "y";
const NO: &str = "n";

/// Witness of the signals to the process group of this process.
#[derive(Debug)]
pub(super) struct Witness {
    process: Child,
    questions: ChildStdin,
    answers: ChildStdout,
}

impl Witness {
    /// Starts `program`, which calls [`Ui::witness_signals`], and waits until it receives signals.
    /// Returns `None` if it cannot be started.
    ///
    /// # Errors
    ///
    /// Those of [`Failure::of_signal`] if a signal has ended the witness, for example Ctrl-C.
    pub(super) fn start(program: &mut Command) -> Result<Option<Self>, Failure> {
        let mut witness = match Self::spawn(program) {
            Ok(witness) => witness,
            Err(error) => {
                log::debug!("cannot start the witness of signals: {error}");
                return Ok(None);
            }
        };
        match witness.answer() {
            Ok(_) => Ok(Some(witness)),
            Err(error) => {
                log::debug!("the witness of signals does not answer: {error}");
                // If it has ended, this does not change its status.
                let _ = witness.process.kill();
                let status = witness.process.wait().ok();
                status.and_then(Failure::of_signal).map_or(Ok(None), Err)
            }
        }
    }

    fn spawn(program: &mut Command) -> io::Result<Self> {
        program.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = program.spawn()?;
        Ok(Self {
            questions: process.stdin.take().expect("stdin is piped"),
            answers: process.stdout.take().expect("stdout is piped"),
            process,
        })
    }

    /// Returns whether the witness has received `signal` since the last question about it.
    pub(super) fn has_received(&mut self, signal: i32) -> io::Result<bool> {
        let question = u8::try_from(signal).expect("numbers of signals are small");
        self.questions.write_all(&[question])?;
        self.answer()
    }

    /// Returns whether `id` is the ID of the witness.
    #[cfg(target_os = "linux")]
    pub(super) fn is(&self, id: Pid) -> bool {
        Pid::from_child(&self.process) == id
    }

    fn answer(&mut self) -> io::Result<bool> {
        let mut watched = [PollFd::new(&self.answers, PollFlags::IN)];
        if retry_on_intr(|| poll(&mut watched, Some(&ANSWER_TIMEOUT)))? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let mut answer = [0];
        self.answers.read_exact(&mut answer)?;
        Ok(answer == YES.as_bytes())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // On failure another process may have its ID.
        if let Ok(None) = self.process.try_wait() {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

impl Ui {
    /// Makes this process a witness of the signals to its process group, until the end of stdin: see
    /// [`supervise`](Self::supervise).
    ///
    /// # Errors
    ///
    /// Of kind [`Other`](crate::FailureKind::Other) if signals cannot be handled.
    pub fn witness_signals(&self) -> Result<(), Failure> {
        let mut signals = Receiver::of(forwarded()).map_err(Failure::other)?;
        let mut received = BTreeSet::new();
        self.print(YES)?;
        // The supervising process closes stdin.
        for question in io::stdin().lock().bytes().map_while(Result::ok) {
            received.extend(signals.pending().map(|origin| origin.signal));
            let has_received = received.remove(&i32::from(question));
            self.print(if has_received { YES } else { NO })?;
        }
        Ok(())
    }
}
