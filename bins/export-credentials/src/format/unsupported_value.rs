//! Values that a format cannot represent.

use cli_ux::Failure;

/// A value contains something that the format cannot represent.
#[derive(Debug, thiserror::Error)]
#[error("{name} holds {reason}, which this format cannot carry")]
pub(crate) struct UnsupportedValue {
    name: String,
    reason: &'static str,
}

impl UnsupportedValue {
    pub(super) fn new(name: &str, reason: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            reason,
        }
    }

    /// Refuses a value that has one of `characters`, which are `reason`.
    pub(super) fn where_any(
        name: &str,
        value: &str,
        characters: &[char],
        reason: &'static str,
    ) -> Result<(), Self> {
        if value.contains(characters) {
            Err(Self::new(name, reason))
        } else {
            Ok(())
        }
    }

    /// Refuses what no environment can hold.
    pub(super) fn where_nul(name: &str, value: &str) -> Result<(), Self> {
        Self::where_any(name, value, &['\0'], "a NUL")
    }

    /// Refuses a value of more than one line.
    pub(super) fn where_line_end(name: &str, value: &str) -> Result<(), Self> {
        Self::where_any(name, value, &['\n', '\r'], "a line end")
    }
}

impl From<UnsupportedValue> for Failure {
    fn from(value: UnsupportedValue) -> Self {
        Self::other(value)
            .with_hint("choose another --format, as json, or run the command: -- COMMAND")
    }
}
