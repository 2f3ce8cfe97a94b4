//! Secret settings with their names.

use crate::secret::Secret;

/// Setting that may contain a secret, with its name for errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSecret {
    /// Name of the setting, such as an environment variable.
    pub name: String,
    /// Value of the setting.
    pub value: Secret,
}

impl NamedSecret {
    /// Creates a setting.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<Secret>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}
