//! Failures of a program: kind, message and hints. The errors of the `sso-*` crates are converted
//! in submodules, so that all programs use the same wording.

mod hint;
#[cfg(feature = "sso")]
mod sso;

use std::fmt;
use std::process::ExitCode;

use anyhow::anyhow;

use crate::browser::BrowserError;
use crate::command_line::{Arguments, CommandLine};
use crate::program::Program;
use crate::unwritten;
use hint::{Hint, Related};
#[cfg(feature = "sign-in")]
pub(crate) use sso::hint_for;
#[cfg(feature = "sso")]
pub use sso::{
    config_hint, no_sessions_configured, nothing_configured, nothing_configured_in,
    sign_in_arguments,
};

/// Kind of a failure, which decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A dry run found changes. It is not reported as an error.
    Difference,
    /// A check found problems.
    Findings,
    /// Interrupted with Ctrl-C, or by SIGINT.
    Interrupted,
    /// Ended by SIGHUP, for example because the terminal was closed.
    HungUp,
    /// Ended by SIGQUIT.
    Quit,
    /// Ended by SIGTERM.
    Terminated,
    /// The arguments are invalid.
    Usage,
    /// The configuration or the environment is invalid, or a sign-in is required.
    Configuration,
    /// The service rejected the request.
    Service,
    /// Any other failure.
    Other,
    /// The command to run was not found.
    CommandNotFound,
    /// The command to run was found but cannot be run.
    CommandNotExecutable,
}

impl FailureKind {
    /// Returns the exit status. Sources: the AWS CLI v2 (`awscli/constants.py`), the shell for a
    /// command that cannot be run or was ended by a signal (POSIX, 2.8.2), `diff` for a dry run, and
    /// linters for a check.
    #[must_use]
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Difference | Self::Findings => 1,
            Self::Interrupted => 130,
            Self::HungUp => 129,
            Self::Quit => 131,
            Self::Terminated => 143,
            Self::Usage => 252,
            Self::Configuration => 253,
            Self::Service => 254,
            Self::Other => 255,
            Self::CommandNotFound => 127,
            Self::CommandNotExecutable => 126,
        }
    }

    /// Returns the kind for the exit status of a program that a signal has ended.
    pub(crate) fn from_status(status: i32) -> Option<Self> {
        let kinds = [
            Self::Interrupted,
            Self::HungUp,
            Self::Quit,
            Self::Terminated,
        ];
        kinds
            .into_iter()
            .find(|kind| i32::from(kind.exit_status()) == status)
    }

    /// Returns the number of the signal that ends a program with this kind of failure.
    #[cfg(unix)]
    pub(crate) fn signal(self) -> Option<i32> {
        let status = i32::from(self.exit_status());
        Self::from_status(status).map(|_| status - 128)
    }

    pub(crate) fn exit_code(self) -> ExitCode {
        ExitCode::from(self.exit_status())
    }
}

/// Error that ends a program. It is displayed in one line, with the chain of its causes.
#[derive(Debug)]
pub struct Failure {
    kind: FailureKind,
    error: anyhow::Error,
    hints: Vec<Hint>,
    is_silent: bool,
}

impl Failure {
    /// Creates a failure of a kind.
    #[must_use]
    pub fn new(kind: FailureKind, error: impl Into<anyhow::Error>) -> Self {
        Self {
            kind,
            error: error.into(),
            hints: Vec::new(),
            is_silent: false,
        }
    }

    /// Creates a failure for invalid arguments.
    #[must_use]
    pub fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::new(FailureKind::Usage, error)
    }

    /// Creates a failure for an invalid configuration or environment, or for a required sign-in.
    #[must_use]
    pub fn configuration(error: impl Into<anyhow::Error>) -> Self {
        Self::new(FailureKind::Configuration, error)
    }

    /// Creates a failure without a more specific kind.
    #[must_use]
    pub fn other(error: impl Into<anyhow::Error>) -> Self {
        Self::new(FailureKind::Other, error)
    }

    /// Creates a failure for a dry run that found changes.
    #[must_use]
    pub fn difference() -> Self {
        Self::new(
            FailureKind::Difference,
            anyhow!("the dry run found changes"),
        )
    }

    #[cfg(feature = "prompt")]
    pub(crate) fn interrupted() -> Self {
        Self::signalled(FailureKind::Interrupted)
    }

    /// Creates a failure for a program that a signal ends.
    pub(crate) fn signalled(kind: FailureKind) -> Self {
        let interruption = match kind {
            FailureKind::HungUp => "interrupted by SIGHUP",
            FailureKind::Quit => "interrupted by SIGQUIT",
            FailureKind::Terminated => "interrupted by SIGTERM",
            _ => "interrupted",
        };
        let error = match unwritten::current() {
            Some(note) => anyhow!("{interruption}; {note}"),
            None => anyhow!(interruption),
        };
        Self::new(kind, error)
    }

    #[cfg(feature = "prompt")]
    pub(crate) fn terminal(error: std::io::Error) -> Self {
        Self::other(anyhow::Error::new(error).context("cannot use the terminal"))
    }

    /// Creates a failure for a panic. `location` is empty or begins with a space.
    pub(crate) fn internal_error(location: &str) -> Self {
        Self::other(anyhow!("internal error{location}"))
            .with_hint("please report this line, with the command that led to it")
    }

    /// Adds a hint: an action that fixes the problem, or a command without variable parts.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(Hint::Text(hint.into()));
        self
    }

    /// Adds a hint: a command that fixes the problem.
    #[must_use]
    pub fn with_command_hint(mut self, command: CommandLine) -> Self {
        self.hints.push(Hint::Command(command));
        self
    }

    /// Adds a hint: an introduction that ends with a colon, and a command.
    #[must_use]
    pub fn with_step_hint(mut self, introduction: &'static str, command: CommandLine) -> Self {
        self.hints.push(Hint::Step(introduction, command));
        self
    }

    /// Adds a hint: the sign-in command of the family, with `arguments`.
    #[must_use]
    pub fn with_sign_in_hint(mut self, arguments: Arguments) -> Self {
        self.hints.push(Hint::Related(Related::SignIn, arguments));
        self
    }

    /// Adds a hint: the credentials command of the family, with `arguments`.
    #[must_use]
    pub fn with_credentials_hint(mut self, arguments: Arguments) -> Self {
        self.hints
            .push(Hint::Related(Related::Credentials, arguments));
        self
    }

    /// Suppresses the message and the hints, for a failure that the result already reports.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.is_silent = true;
        self
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    pub(crate) fn hint_list(&self) -> &[Hint] {
        &self.hints
    }

    /// Returns the hints in the order in which they were added, with the commands of the program's
    /// family.
    #[must_use]
    pub fn hints(&self, program: &Program) -> Vec<String> {
        let hints = self.hints.iter();
        hints.filter_map(|hint| hint.for_program(program)).collect()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // anyhow's alternate form: the error and its causes, separated by colons.
        write!(f, "{:#}", self.error)
    }
}

impl From<BrowserError> for Failure {
    fn from(error: BrowserError) -> Self {
        match error {
            BrowserError::CommandLine { ref name, .. } if name.starts_with("--") => {
                Self::usage(error)
            }
            BrowserError::CommandLine { .. } => Self::configuration(error),
            BrowserError::Variable(_) => {
                Self::configuration(error).with_hint("set BROWSER to valid Unicode, or unset it")
            }
            _ => Self::other(error),
        }
    }
}
