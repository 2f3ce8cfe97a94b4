//! Values that a shell or a file format cannot represent.

/// Value that a shell or a file format cannot represent. The error does not quote the value.
#[derive(Debug, thiserror::Error)]
#[error("{name} contains {reason}, which this format cannot represent")]
pub struct UnsupportedValue {
    name: String,
    reason: &'static str,
}

impl UnsupportedValue {
    /// Creates the error for the value of `name`.
    #[must_use]
    pub fn new(name: &str, reason: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            reason,
        }
    }

    /// Rejects a value with one of `characters`.
    ///
    /// # Errors
    ///
    /// The error with `reason`.
    pub fn reject_any(
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
    ///
    /// # Errors
    ///
    /// If `value` contains a NUL.
    pub fn reject_nul(name: &str, value: &str) -> Result<(), Self> {
        Self::reject_any(name, value, &['\0'], "a NUL")
    }

    /// Rejects line breaks.
    ///
    /// # Errors
    ///
    /// If `value` contains a line feed or a carriage return.
    pub fn reject_line_break(name: &str, value: &str) -> Result<(), Self> {
        Self::reject_any(name, value, &['\n', '\r'], "a line break")
    }
}
