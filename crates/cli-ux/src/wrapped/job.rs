//! Process group of a command, and its stops.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};

use rustix::io::{Errno, retry_on_intr};
use rustix::process::{
    Pid, Signal, WaitOptions, getpid, kill_process, kill_process_group, test_kill_process_group,
    waitpid,
};
use rustix::termios::{tcgetpgrp, tcsetpgrp};
use signal_hook::consts::signal::{SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU};

use crate::terminal::foreground;

/// Command that is a child process of this process.
#[derive(Debug)]
pub(super) struct Job {
    command: Pid,
}

/// Receiver of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The command.
    Process,
    /// The process group of the command.
    Group,
}

impl Job {
    pub(super) fn of(command: Pid) -> Self {
        Self { command }
    }

    pub(super) fn command(&self) -> Pid {
        self.command
    }

    /// Returns whether the command has made a process group, such as `timeout` and shells with job
    /// control do. Signals to the group of this process then do not reach it.
    ///
    /// While the command runs, only a group that it has made can have its ID.
    pub(super) fn has_own_group(&self) -> bool {
        // A process of another user, for example of `sudo`, cannot receive a signal.
        !matches!(test_kill_process_group(self.command), Err(Errno::SRCH))
    }

    pub(super) fn send(&self, signal: i32, target: Target) {
        if signal == SIGCHLD {
            return;
        }
        // On failure the command has ended, and SIGCHLD follows.
        let _ = match Signal::from_named_raw(signal) {
            Some(signal) if target == Target::Group => kill_process_group(self.command, signal),
            Some(signal) => kill_process(self.command, signal),
            None => return self.send_real_time(signal, target),
        };
    }

    /// Safe Rust code cannot send a real-time signal, but a shell can.
    fn send_real_time(&self, signal: i32, target: Target) {
        let id = match target {
            Target::Process => self.command.to_string(),
            Target::Group => format!("-{}", self.command),
        };
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "kill -s $0 -- $1", &signal.to_string(), &id]);
        shell.stdin(Stdio::null());
        // Some containers have no shell.
        let _ = shell.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    /// Returns the status of the command if it has ended. If it has stopped, stops this process, so that
    /// the shell takes the terminal back. `forwards_continue` is false if SIGCONT is not forwarded.
    pub(super) fn status(&self, forwards_continue: bool) -> io::Result<Option<ExitStatus>> {
        let options = WaitOptions::NOHANG | WaitOptions::UNTRACED;
        loop {
            let Some((_, status)) = retry_on_intr(|| waitpid(Some(self.command), options))? else {
                return Ok(None);
            };
            match status.stopping_signal() {
                None => return Ok(Some(ExitStatus::from_raw(status.as_raw()))),
                Some(signal) => self.follow_stop(signal, forwards_continue),
            }
        }
    }

    fn follow_stop(&self, signal: i32, forwards_continue: bool) {
        let Ok(terminal) = File::open("/dev/tty") else {
            return;
        };
        let is_of_terminal = matches!(signal, SIGTSTP | SIGTTIN | SIGTTOU);
        if !is_of_terminal && !self.is_in_foreground(&terminal) {
            return;
        }
        // On failure the terminal stays with the command.
        let _ = kill_process(getpid(), Signal::STOP);
        self.resume(&terminal, forwards_continue);
    }

    /// Gives the terminal to the process group of the command, and continues the command if no other
    /// process does so.
    fn resume(&self, terminal: &File, forwards_continue: bool) {
        // The kernel does not stop the first process of a container, and no process would continue it.
        let is_unstoppable = getpid().is_init();
        let has_terminal = foreground::has(terminal) == Some(true);
        if self.has_own_group() {
            // On failure the command stops again when it reads from the terminal.
            let is_given = has_terminal && tcsetpgrp(terminal, self.command).is_ok();
            let has_terminal = is_given || self.has_terminal(terminal);
            if !forwards_continue || is_unstoppable && has_terminal {
                self.send(SIGCONT, Target::Group);
            }
        } else if is_unstoppable && has_terminal {
            self.send(SIGCONT, Target::Process);
        }
    }

    /// Returns whether a shell waits for a stop of the command. Otherwise a process that continues the
    /// command may not continue this process.
    fn is_in_foreground(&self, terminal: &File) -> bool {
        foreground::has(terminal) == Some(true) || self.has_terminal(terminal)
    }

    fn has_terminal(&self, terminal: &File) -> bool {
        tcgetpgrp(terminal).is_ok_and(|group| group == self.command)
    }
}
