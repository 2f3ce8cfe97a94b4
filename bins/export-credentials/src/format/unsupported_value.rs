//! Values that a format cannot represent.

use cli_ux::Failure;

#[derive(Debug, thiserror::Error)]
#[error("{name} contains {reason}, which this format cannot represent")]
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

    pub(super) fn reject_any(
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

    /// Rejects NUL characters, which no environment variable can contain.
    pub(super) fn reject_nul(name: &str, value: &str) -> Result<(), Self> {
        Self::reject_any(name, value, &['\0'], "a NUL")
    }

    pub(super) fn reject_line_break(name: &str, value: &str) -> Result<(), Self> {
        Self::reject_any(name, value, &['\n', '\r'], "a line break")
    }
}

impl From<UnsupportedValue> for Failure {
    fn from(value: UnsupportedValue) -> Self {
        Self::other(value).with_hint(
            "use another --format such as json, or run a command with the credentials: -- COMMAND",
        )
    }
}
