//! Running other commands.

#[cfg(unix)]
mod forward;

use std::env::consts::EXE_SUFFIX;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use crate::failure::{Failure, FailureKind};
use crate::interrupt;
use crate::ui::Ui;

impl Ui {
    /// Runs `command` and waits for it. Returns whether the command succeeded. While the command
    /// runs, it handles Ctrl-C and the signals that [`supervise`](Self::supervise) forwards.
    ///
    /// # Errors
    ///
    /// Of kind [`Interrupted`](FailureKind::Interrupted) if the command ends by SIGINT or with
    /// status 130, and similarly for SIGTERM, SIGHUP and SIGQUIT; that of [`exec`](Self::exec) if
    /// the command cannot be started.
    pub fn run(&self, command: &mut Command) -> Result<bool, Failure> {
        let ended = self.wait_for(command);
        interrupt::take_back();
        let status = status_code(ended.map_err(|error| cannot_run(command, error))?);
        match FailureKind::from_status(status) {
            Some(kind) => Err(Failure::signalled(kind)),
            None => Ok(status == 0),
        }
    }

    /// Replaces this process with `command`. Returns only if the command cannot be started, with
    /// the kind [`CommandNotFound`](FailureKind::CommandNotFound) or
    /// [`CommandNotExecutable`](FailureKind::CommandNotExecutable).
    ///
    /// On systems other than Unix, runs the command as a child process that handles Ctrl-C, and
    /// exits with its status.
    #[must_use = "the command was not run"]
    pub fn exec(&self, command: &mut Command) -> Failure {
        #[cfg(unix)]
        let error = interrupt::complete_before_end().exec(command);
        #[cfg(not(unix))]
        let error = self.exit_with(command);
        cannot_run(command, error)
    }

    /// Runs `command` as a child process and exits with its status, or with 128 plus the number of
    /// the signal that ended it. Returns only if the command cannot be started, like
    /// [`exec`](Self::exec).
    ///
    /// Forwards signals from other processes. Signals of the terminal reach the command directly. Use
    /// [`exec`](Self::exec) where this process need not wait for the command, which then gets each
    /// signal once.
    #[must_use = "the command was not run"]
    pub fn supervise(&self, command: &mut Command) -> Failure {
        let error = self.exit_with(command);
        cannot_run(command, error)
    }

    /// Returns only if the command cannot be started.
    fn exit_with(&self, command: &mut Command) -> io::Error {
        match self.wait_for(command) {
            Ok(status) => interrupt::complete_before_end().exit(status_code(status)),
            Err(error) => {
                interrupt::take_back();
                error
            }
        }
    }

    /// Delegates the signals to the command. The caller takes them back, or exits.
    fn wait_for(&self, command: &mut Command) -> io::Result<ExitStatus> {
        interrupt::end_if_interrupted();
        // A refresh of this program may continue when the command has ended.
        self.exit_on_interrupt();
        interrupt::delegate_to_command();
        #[cfg(unix)]
        let ended = forward::wait_and_forward(command);
        #[cfg(not(unix))]
        let ended = command.status();
        ended
    }
}

/// Returns the path of another program of the family: in the directory of this program, else its
/// name, for a search in the `PATH`.
#[must_use]
pub fn sibling(program: &str) -> PathBuf {
    let name = format!("{program}{EXE_SUFFIX}");
    let path = std::env::current_exe().map(|this| this.with_file_name(&name));
    match path {
        Ok(path) if path.is_file() => path,
        _ => name.into(),
    }
}

fn cannot_run(command: &Command, error: io::Error) -> Failure {
    let kind = match error.kind() {
        ErrorKind::NotFound => FailureKind::CommandNotFound,
        _ => FailureKind::CommandNotExecutable,
    };
    let program = command.get_program().display();
    Failure::new(
        kind,
        anyhow::Error::new(error).context(format!("cannot run {program}")),
    )
}

fn status_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let signal_status = 128 + signal.unwrap_or_default();
    status.code().unwrap_or(signal_status)
}
