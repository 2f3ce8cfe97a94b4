//! Secret text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Text that is never printed: `Debug` says `[redacted]`, there is no `Display` and no
/// `Serialize`, and the memory is wiped on drop.
///
/// Two secrets of the same length are compared in constant time.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the secret text. Call it only where the text leaves the program: for a request, a
    /// cache file, or a value that the user requested.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Serializes the secret text itself, for `#[serde(serialize_with = "…")]`: the struct of a
    /// field decides that it is exposed, a derive alone never does.
    ///
    /// # Errors
    ///
    /// Those of `serializer`.
    pub fn serialize_exposed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

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
