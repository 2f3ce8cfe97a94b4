//! Running other commands.

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
        let error = {
            let _completed = interrupt::complete_before_end();
            std::os::unix::process::CommandExt::exec(command)
        };
        #[cfg(not(unix))]
        let error = self.exit_with(command);
        cannot_run(command, error)
    }

    /// Runs `command` as a child process and exits with its status, or with 128 plus the number of
    /// the signal that ended it. Returns only if the command cannot be started, like
    /// [`exec`](Self::exec).
    ///
    /// Forwards SIGINT, SIGQUIT, SIGTERM, SIGHUP and SIGWINCH from other processes. Signals of the
    /// terminal reach the command directly.
    #[must_use = "the command was not run"]
    pub fn supervise(&self, command: &mut Command) -> Failure {
        let error = self.exit_with(command);
        cannot_run(command, error)
    }

    /// Returns only if the command cannot be started.
    fn exit_with(&self, command: &mut Command) -> io::Error {
        match self.wait_for(command) {
            Ok(status) => end_with(status),
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
        let ended = unix::wait_and_forward(command);
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

#[expect(
    clippy::exit,
    reason = "the exit status of the command can be any number"
)]
fn end_with(status: ExitStatus) -> ! {
    let _completed = interrupt::complete_before_end();
    std::process::exit(status_code(status))
}

fn status_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let signal_status = 128 + signal.unwrap_or_default();
    status.code().unwrap_or(signal_status)
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::process::{Child, Command, ExitStatus};

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::signal::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::origin::{Origin, WithOrigin};

    use crate::interrupt::signals::IgnoredSignals;

    /// Waits and forwards in one thread, so that no signal is sent to another process that reuses
    /// the ID of an ended command.
    pub(super) fn wait_and_forward(command: &mut Command) -> io::Result<ExitStatus> {
        let mut signals = SignalsInfo::<WithOrigin>::new([SIGCHLD, SIGWINCH])?;
        let ignored = IgnoredSignals::of_this_process();
        let is_handled = |signal: &i32| !ignored.contains(*signal);
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
            .into_iter()
            .filter(is_handled)
        {
            signals.handle().add_signal(signal)?;
        }
        let mut child = command.spawn()?;
        // The command has inherited ignored signals, for example from nohup. It may handle them.
        for signal in [SIGHUP, SIGINT, SIGQUIT] {
            signals.handle().add_signal(signal)?;
        }
        loop {
            for origin in signals.wait() {
                if origin.signal != SIGCHLD {
                    forward(&origin, &child);
                } else if let Some(status) = child.try_wait()? {
                    return Ok(status);
                }
            }
        }
    }

    /// Forwards signals from processes, and every SIGTERM and SIGHUP. The command receives the
    /// signals of the terminal directly, and many programs treat a second SIGINT differently. A
    /// second SIGTERM or SIGHUP has no effect.
    fn forward(origin: &Origin, child: &Child) {
        let is_from_process = origin.process.is_some();
        if is_from_process || matches!(origin.signal, SIGTERM | SIGHUP) {
            let signal =
                Signal::from_named_raw(origin.signal).expect("only named signals are registered");
            // On failure the command has ended, and SIGCHLD follows.
            let _ = kill_process(Pid::from_child(child), signal);
        }
    }
}
