//! Running other commands.

#[cfg(unix)]
mod forward;
#[cfg(target_os = "linux")]
mod inherited;
#[cfg(unix)]
mod job;
#[cfg(unix)]
mod receiver;
#[cfg(unix)]
mod witness;

use std::env::consts::EXE_SUFFIX;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use crate::args::GlobalArgs;
#[cfg(unix)]
use crate::end;
use crate::failure::{Failure, FailureKind};
#[cfg(unix)]
use crate::interrupt::WaitNotice;
use crate::ui::Ui;
use crate::{delegation, interrupt};
#[cfg(unix)]
use witness::Witness;

/// Service for a supervised command, such as a companion process.
#[cfg(unix)]
pub trait SupervisedService {
    /// Checks the service. Called when a child process of this process may have ended or stopped.
    fn check(&mut self);

    /// Ends the service. Called once, when the command has ended or cannot be started.
    fn end(&mut self);
}

impl Ui {
    /// Runs `command` and waits for it. Returns whether the command succeeded. While the command
    /// runs, it handles Ctrl-C, and on Unix gets SIGTERM and other signals to this process.
    ///
    /// # Errors
    ///
    /// Of kind [`Interrupted`](FailureKind::Interrupted) if the command ends by SIGINT or with
    /// status 130, and similarly for SIGTERM, SIGHUP and SIGQUIT; that of [`exec`](Self::exec) if
    /// the command cannot be started.
    pub fn run(&self, command: &mut Command) -> Result<bool, Failure> {
        let ended = self.wait_for(command);
        interrupt::take_back();
        let status = ended.map_err(|error| cannot_run(command, error))?;
        Failure::of_signal(status).map_or(Ok(status.success()), Err)
    }

    /// Runs the sign-in command of the program with `arguments` and `global`, like [`run`](Self::run).
    /// Returns whether it succeeded. Its output goes to stderr, because stdout is for results.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub fn run_sign_in(&self, arguments: &[String], global: &GlobalArgs) -> Result<bool, Failure> {
        let mut login = Command::new(sibling(self.program().sign_in_command()));
        login.args(arguments).args(global.to_arguments());
        self.run(login.stdout(io::stderr()))
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
        let error = interrupt::complete_before_end(self).exec(command);
        #[cfg(not(unix))]
        let error = self.exit_with(command);
        cannot_run(command, error)
    }

    /// Runs `command` as a child process, and ends this process when the command and then `service`
    /// have ended, in the way in which the command has ended. Returns only if the command cannot be
    /// started, like [`exec`](Self::exec).
    ///
    /// Forwards signals that only this process has received: `witness` is a program that calls
    /// [`witness_signals`](Self::witness_signals). Stops and continues with the command. Use
    /// [`exec`](Self::exec) where this process need not wait for the command.
    #[cfg(unix)]
    #[must_use = "the command was not run"]
    pub fn supervise(
        &self,
        command: &mut Command,
        witness: &mut Command,
        service: &mut impl SupervisedService,
    ) -> Failure {
        let ended = Witness::start(witness).map(|witness| {
            self.delegate_signals();
            forward::wait_and_forward(command, witness, || service.check())
        });
        end::uninterrupted(|| {
            interrupt::take_back();
            let _notice = WaitNotice::start(self);
            service.end();
        });
        let ended = match ended {
            Ok(ended) => ended,
            Err(failure) => return failure,
        };
        match ended {
            Ok(status) => interrupt::complete_before_end(self).end_like(status),
            Err(error) => cannot_run(command, error),
        }
    }

    /// Returns only if the command cannot be started.
    #[cfg(not(unix))]
    fn exit_with(&self, command: &mut Command) -> io::Error {
        match self.wait_for(command) {
            Ok(status) => interrupt::complete_before_end(self).exit(status_code(status)),
            Err(error) => {
                interrupt::take_back();
                error
            }
        }
    }

    /// Delegates the signals to the command. The caller takes them back, or exits.
    fn wait_for(&self, command: &mut Command) -> io::Result<ExitStatus> {
        self.delegate_signals();
        #[cfg(unix)]
        let ended = forward::wait_and_forward(command, None, || ());
        #[cfg(not(unix))]
        let ended = command.status();
        ended
    }

    fn delegate_signals(&self) {
        interrupt::end_if_interrupted();
        // A refresh of this program may continue when the command has ended.
        self.exit_on_interrupt();
        delegation::delegate_to_command();
    }
}

impl Failure {
    /// Returns a failure of kind [`Interrupted`](FailureKind::Interrupted) if another process has ended by
    /// SIGINT or with status 130, and similarly for SIGTERM, SIGHUP and SIGQUIT.
    #[must_use]
    pub fn of_signal(status: ExitStatus) -> Option<Self> {
        FailureKind::from_status(status_code(status)).map(Self::signalled)
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
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or_default()
}
