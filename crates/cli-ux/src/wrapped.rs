//! Commands that this program runs.

use std::env::consts::EXE_SUFFIX;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use crate::failure::{Failure, FailureKind};
use crate::interrupt;
use crate::ui::Ui;

impl Ui {
    /// Runs `command` to its end, and leaves Ctrl-C to it meanwhile. Returns whether it succeeded.
    ///
    /// # Errors
    ///
    /// Of kind [`Interrupted`](FailureKind::Interrupted) if it was interrupted; that of
    /// [`exec`](Self::exec) if it cannot be started.
    pub fn run(&self, command: &mut Command) -> Result<bool, Failure> {
        self.exit_on_interrupt();
        interrupt::leave_to_command();
        let ended = command.status();
        interrupt::take_back();
        let status = ended.map_err(|error| cannot_run(command, error))?;
        match status_code(status) {
            130 => Err(Failure::interrupted()),
            code => Ok(code == 0),
        }
    }

    /// Replaces this program with `command`. Returns only if it cannot be started: the kind is
    /// [`CommandNotFound`](FailureKind::CommandNotFound) or
    /// [`CommandNotExecutable`](FailureKind::CommandNotExecutable).
    ///
    /// On Unix the command becomes this process. Elsewhere this waits for it, leaves Ctrl-C to
    /// it, and ends with its status.
    #[must_use = "the command was not run"]
    pub fn exec(&self, command: &mut Command) -> Failure {
        #[cfg(unix)]
        let error = std::os::unix::process::CommandExt::exec(command);
        #[cfg(not(unix))]
        let error = supervise(command);
        cannot_run(command, error)
    }

    /// Runs `command` while this program stays, and ends with its status, or with 128 plus the
    /// number of the signal that ended it. Returns only if it cannot be started, as
    /// [`exec`](Self::exec) does.
    ///
    /// Forwards SIGINT, SIGQUIT, SIGTERM, SIGHUP and SIGWINCH that a process sends to this one.
    /// Signals of the terminal reach the command by themselves.
    #[must_use = "the command was not run"]
    pub fn supervise(&self, command: &mut Command) -> Failure {
        let error = supervise(command);
        cannot_run(command, error)
    }
}

/// Returns the path of another program of the family: beside this program, else as found on the
/// `PATH`.
#[must_use]
pub fn sibling(program: &str) -> PathBuf {
    let name = format!("{program}{EXE_SUFFIX}");
    let beside = std::env::current_exe().map(|this| this.with_file_name(&name));
    match beside {
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

#[cfg(unix)]
fn supervise(command: &mut Command) -> io::Error {
    match unix::supervised(command) {
        Ok(status) => end_with(status),
        Err(error) => error,
    }
}

#[cfg(not(unix))]
fn supervise(command: &mut Command) -> io::Error {
    // Without a handler Ctrl-C would end this program, too.
    interrupt::leave_to_command();
    let _ = ctrlc::set_handler(|| {});
    match command.status() {
        Ok(status) => end_with(status),
        Err(error) => error,
    }
}

#[expect(
    clippy::exit,
    reason = "the command's status is this program's, whatever number it is"
)]
fn end_with(status: ExitStatus) -> ! {
    std::process::exit(status_code(status))
}

fn status_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let of_signal = 128 + signal.unwrap_or_default();
    status.code().unwrap_or(of_signal)
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::process::{Child, Command, ExitStatus};

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::signal::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::origin::{Origin, WithOrigin};

    use crate::interrupt;

    /// One thread waits and forwards, so that no signal reaches another process which has got the
    /// id of a command that has ended.
    pub(super) fn supervised(command: &mut Command) -> io::Result<ExitStatus> {
        let mut signals = SignalsInfo::<WithOrigin>::new([SIGCHLD, SIGTERM, SIGWINCH])?;
        interrupt::leave_to_command();
        let mut child = command.spawn()?;
        // Only after the start: the command inherits signals that are ignored, such as by nohup.
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

    /// Signals of the terminal reach the command, too, and a second SIGINT would mean more than the
    /// first. A second SIGTERM or SIGHUP changes nothing.
    fn forward(origin: &Origin, child: &Child) {
        let is_from_process = origin.process.is_some();
        if is_from_process || matches!(origin.signal, SIGTERM | SIGHUP) {
            let signal = Signal::from_named_raw(origin.signal).expect("one of five with a name");
            // If that fails the command has ended, and SIGCHLD follows.
            let _ = kill_process(Pid::from_child(child), signal);
        }
    }
}
