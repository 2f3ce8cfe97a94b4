//! Errors of a `credential_process`.

use std::io;
use std::process::ExitStatus;

/// Reason why a `credential_process` returned no credentials. Contains nothing that it wrote to
/// stdout.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The program cannot be started.
    #[error("cannot run {program}")]
    NotRun {
        /// Program without control characters.
        program: String,
        /// Error of the system.
        source: io::Error,
    },

    /// The program exited with an error.
    #[error("it ended with {}{}", status_text(*status), suffix(stderr))]
    Failed {
        /// Exit status.
        status: ExitStatus,
        /// Its stderr without control characters.
        stderr: String,
    },

    /// The output is too long.
    #[error("it printed more than {limit} bytes")]
    TooLong {
        /// Maximum in bytes.
        limit: u64,
    },

    /// The output is not JSON of the required form.
    #[error("it printed no credentials in JSON")]
    NotJson,

    /// The `Version` is not 1.
    #[error("it does not print Version 1, the only one that is known")]
    UnknownVersion,

    /// A field is missing or invalid.
    #[error("it printed no usable {field}")]
    Missing {
        /// Name of the field.
        field: &'static str,
    },

    /// The credentials have expired.
    #[error("it printed credentials that have expired")]
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
