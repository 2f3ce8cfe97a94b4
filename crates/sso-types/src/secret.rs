//! Text that must not be seen.

use std::fmt;

use serde::{Deserialize, Deserializer, Serializer};
use zeroize::Zeroizing;

/// Text that is never printed: `Debug` says `[redacted]`, there is no `Display` and no
/// `Serialize`, and the memory is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the secret text. For the places where it has to leave the program only: a
    /// request, a cache file, a value that the user asked for.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Serializes the secret text itself, for `#[serde(serialize_with = "…")]`: a field is
    /// exposed because its struct says so, never by a derive alone.
    ///
    /// # Errors
    ///
    /// Those of `serializer`.
    pub fn serialize_exposed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
