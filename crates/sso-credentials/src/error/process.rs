//! Errors of a `credential_process`.

use std::io;
use std::process::ExitStatus;

/// Error from a `credential_process`. Contains nothing from its stdout, which may hold secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The program could not be started.
    #[error("cannot run {program}")]
    NotRun {
        /// Name of the program, without control characters.
        program: String,
        /// Error from the operating system.
        source: io::Error,
    },

    /// The output of the program cannot be read.
    #[error("cannot read the output of {program}")]
    NotRead {
        /// Name of the program, without control characters.
        program: String,
        /// Error from the operating system.
        source: io::Error,
    },

    /// The process failed.
    #[error("the process ended with {}{}", status_text(*status), suffix(stderr))]
    Failed {
        /// Exit status.
        status: ExitStatus,
        /// stderr of the process, without control characters.
        stderr: String,
    },

    /// The output is too long.
    #[error("the output is longer than {limit} bytes")]
    TooLong {
        /// Maximum in bytes.
        limit: u64,
    },

    /// The output is not JSON with the required structure.
    #[error("the output is not valid JSON credentials")]
    NotJson,

    /// The `Version` is missing or is not 1.
    #[error("the output has no supported Version (expected 1)")]
    UnknownVersion,

    /// A field is missing or invalid.
    #[error("the output has no valid {field}")]
    Missing {
        /// Name of the field.
        field: &'static str,
    },

    /// The credentials have expired.
    #[error("the credentials in the output have expired")]
    Expired,
}

/// Returns the status without a colon, such as `exit status 1`.
fn status_text(status: ExitStatus) -> String {
    status.to_string().replacen(": ", " ", 1)
}

fn suffix(stderr: &str) -> String {
    match stderr {
        "" => String::new(),
        stderr => format!(": {stderr}"),
    }
}
