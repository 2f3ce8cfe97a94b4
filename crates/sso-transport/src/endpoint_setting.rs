//! The setting of a custom endpoint URL, for errors.

use std::fmt;

/// Setting that contains a custom endpoint URL, such as `AWS_ENDPOINT_URL`. Errors of a request that
/// has it as an extension name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointSetting(pub(crate) String);

impl EndpointSetting {
    /// Returns `host` with this setting, for errors.
    pub(crate) fn after(&self, host: &str) -> String {
        format!("{host} ({self})")
    }

    /// Returns the setting in the result of [`after`](Self::after).
    pub(crate) fn named_after(host: &str) -> Option<&str> {
        let (_, setting) = host.split_once(" (the endpoint URL in ")?;
        setting.strip_suffix(')')
    }
}

impl fmt::Display for EndpointSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the endpoint URL in {}", self.0)
    }
}
