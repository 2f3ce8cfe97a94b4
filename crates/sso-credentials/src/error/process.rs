//! What can go wrong with a `credential_process`.

use std::io;
use std::process::ExitStatus;

/// Why a `credential_process` gives no credentials. Nothing of what it has printed is in here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// It cannot be started.
    #[error("cannot run {program}")]
    NotRun {
        /// The program, printable.
        program: String,
        /// What the system says.
        source: io::Error,
    },

    /// It ended with an error.
    #[error("it ended with {}{}", in_words(*status), says(said))]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// What it said on stderr, printable.
        said: String,
    },

    /// It printed more than credentials.
    #[error("it printed more than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: u64,
    },

    /// It printed no JSON, or none of this form.
    #[error("it printed no credentials in JSON")]
    NotJson,

    /// The `Version` is not 1.
    #[error("it does not print Version 1, the only one that is known")]
    UnknownVersion,

    /// A field is missing or makes no sense.
    #[error("it printed no usable {field}")]
    Missing {
        /// The field.
        field: &'static str,
    },

    /// The credentials have ended.
    #[error("it printed credentials that have expired")]
    Expired,
}

/// As in `exit status 1`.
fn in_words(status: ExitStatus) -> String {
    status.to_string().replacen(": ", " ", 1)
}

fn says(said: &str) -> String {
    match said {
        "" => String::new(),
        said => format!(": {said}"),
    }
}
