//! Error of an environment variable that is not Unicode.

/// Error of a variable whose value is not Unicode. It does not quote the value, which may be a
/// secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is not valid Unicode")]
pub struct NotUnicode {
    /// Name of the variable.
    pub variable: String,
}
