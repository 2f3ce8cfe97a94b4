//! A command in the place of this program, or beside it.

use std::io::{self, ErrorKind};
use std::process::{Command, ExitStatus};

use crate::{Failure, FailureKind, Ui, interrupt};

impl Ui {
    /// Runs `command` before this program goes on, and leaves Ctrl-C to it for so long. Returns
    /// whether it succeeded.
    ///
    /// # Errors
    ///
    /// Of kind [`Interrupted`](FailureKind::Interrupted) where it was interrupted; as
    /// [`give_way_to`](Self::give_way_to) where it cannot be started.
    pub fn run_first(&self, command: &mut Command) -> Result<bool, Failure> {
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

    /// Runs `command` in the place of this program, and returns only where it cannot be started:
    /// the kind is [`CommandNotFound`](FailureKind::CommandNotFound) or
    /// [`CommandNotExecutable`](FailureKind::CommandNotExecutable).
    ///
    /// On Unix the command becomes this process. Elsewhere this waits for it, leaves Ctrl-C to
    /// it, and ends with its status.
    #[must_use = "the command was not run"]
    pub fn give_way_to(&self, command: &mut Command) -> Failure {
        #[cfg(unix)]
        let error = std::os::unix::process::CommandExt::exec(command);
        #[cfg(not(unix))]
        let error = accompany(command);
        cannot_run(command, error)
    }

    /// Runs `command` beside this program and ends with its status, or with 128 and the number of
    /// the signal that ended it. Returns only where it cannot be started, as
    /// [`give_way_to`](Self::give_way_to).
    ///
    /// What a process sends this one to interrupt, quit, end, hang up or redraw is passed on. What
    /// the terminal sends reaches the command by itself.
    #[must_use = "the command was not run"]
    pub fn accompany(&self, command: &mut Command) -> Failure {
        let error = accompany(command);
        cannot_run(command, error)
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
fn accompany(command: &mut Command) -> io::Error {
    match unix::accompanied(command) {
        Ok(status) => end_with(status),
        Err(error) => error,
    }
}

#[cfg(not(unix))]
fn accompany(command: &mut Command) -> io::Error {
    // A handler has to be there: without one Ctrl-C ends this program, too.
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
    let signal = None;
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

    /// One thread waits and passes on, so that no signal reaches a process of another's that has
    /// got the number of a command which has ended.
    pub(super) fn accompanied(command: &mut Command) -> io::Result<ExitStatus> {
        let mut signals = SignalsInfo::<WithOrigin>::new([SIGCHLD, SIGTERM, SIGWINCH])?;
        interrupt::leave_to_command();
        let mut child = command.spawn()?;
        // Not before: what is ignored here, as by nohup or behind a shell's &, has to be ignored
        // there.
        for signal in [SIGHUP, SIGINT, SIGQUIT] {
            signals.handle().add_signal(signal)?;
        }
        loop {
            for origin in signals.wait() {
                if origin.signal != SIGCHLD {
                    pass_on(&origin, &child);
                } else if let Some(status) = child.try_wait()? {
                    return Ok(status);
                }
            }
        }
    }

    /// The terminal sends its signals to the command, too: a second Ctrl-C would mean more than
    /// was meant. To end and to hang up twice is the same as once.
    fn pass_on(origin: &Origin, child: &Child) {
        let is_from_process = origin.process.is_some();
        if is_from_process || matches!(origin.signal, SIGTERM | SIGHUP) {
            let signal = Signal::from_named_raw(origin.signal).expect("one of five with a name");
            // Where that fails it has ended, and SIGCHLD is on the way.
            let _ = kill_process(Pid::from_child(child), signal);
        }
    }
}
