//! Why a program ends: kind, wording, hints. Every conversion of an error is in this file's
//! folder, so that one wording serves all programs.

#[cfg(feature = "sso")]
mod sso;

use std::fmt;
use std::process::ExitCode;

use anyhow::anyhow;

use crate::BrowserError;

/// What kind of failure ends a program; decides its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A dry run has found that something would change. No error, and none is reported.
    Difference,
    /// Ctrl-C.
    Interrupted,
    /// The arguments make no sense.
    Usage,
    /// The configuration or the environment is wrong, or a sign-in is needed.
    Configuration,
    /// The service refused.
    Service,
    /// Anything else.
    Other,
    /// The command to run is not there.
    CommandNotFound,
    /// The command to run is there and cannot be run.
    CommandNotExecutable,
}

impl FailureKind {
    /// Returns the exit status, as in the AWS CLI v2 (`awscli/constants.py`); of a command, as in
    /// a shell (POSIX, 2.8.2); of a dry run, as that of diff.
    #[must_use]
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Difference => 1,
            Self::Interrupted => 130,
            Self::Usage => 252,
            Self::Configuration => 253,
            Self::Service => 254,
            Self::Other => 255,
            Self::CommandNotFound => 127,
            Self::CommandNotExecutable => 126,
        }
    }

    pub(crate) fn exit_code(self) -> ExitCode {
        ExitCode::from(self.exit_status())
    }
}

/// Why a program ends. Displayed as one line with the whole chain of causes.
#[derive(Debug)]
pub struct Failure {
    kind: FailureKind,
    error: anyhow::Error,
    hints: Vec<String>,
    is_told: bool,
}

impl Failure {
    /// A failure of a given kind.
    #[must_use]
    pub fn new(kind: FailureKind, error: impl Into<anyhow::Error>) -> Self {
        Self {
            kind,
            error: error.into(),
            hints: Vec::new(),
            is_told: false,
        }
    }

    /// The arguments make no sense.
    #[must_use]
    pub fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::new(FailureKind::Usage, error)
    }

    /// The configuration or the environment is wrong, or a sign-in is needed.
    #[must_use]
    pub fn configuration(error: impl Into<anyhow::Error>) -> Self {
        Self::new(FailureKind::Configuration, error)
    }

    /// Anything that has no kind of its own.
    #[must_use]
    pub fn other(error: impl Into<anyhow::Error>) -> Self {
        Self::new(FailureKind::Other, error)
    }

    /// A dry run has found that something would change.
    #[must_use]
    pub fn difference() -> Self {
        Self::new(FailureKind::Difference, anyhow!("something would change"))
    }

    /// Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        Self::new(FailureKind::Interrupted, anyhow!("interrupted"))
    }

    /// The terminal cannot be read or written.
    #[cfg(feature = "prompt")]
    pub(crate) fn terminal(error: std::io::Error) -> Self {
        Self::other(anyhow::Error::new(error).context("cannot ask at the terminal"))
    }

    /// A panic.
    pub(crate) fn defect(place: &str) -> Self {
        Self::other(anyhow!("a defect in the program{place}"))
            .with_hint("please report this line, with the command that led to it")
    }

    /// Adds the command or the deed that mends it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Leaves only the exit status: the result has told the rest.
    #[must_use]
    pub fn told_by_the_result(mut self) -> Self {
        self.is_told = true;
        self
    }

    pub(crate) fn is_told(&self) -> bool {
        self.is_told
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Returns what mends it, best first.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // anyhow's alternate form: the error and its causes, divided by colons.
        write!(f, "{:#}", self.error)
    }
}

impl From<BrowserError> for Failure {
    fn from(error: BrowserError) -> Self {
        match error {
            BrowserError::CommandLine(_) => Self::configuration(error),
            _ => Self::other(error),
        }
    }
}
