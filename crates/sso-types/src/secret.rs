//! Secret text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Secret text. Its `Debug` output is `[redacted]`, it has no `Display` and no `Serialize`, and its
/// memory is wiped on drop.
///
/// Secrets of the same length are compared in constant time.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the secret text. Call this only where the text leaves the process: for a request, a
    /// cache file, or output that the user requested.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Serializes the secret text, for `#[serde(serialize_with = "…")]`. `#[derive(Serialize)]`
    /// alone never exposes a secret.
    ///
    /// # Errors
    ///
    /// Returns the error of `serializer`.
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
