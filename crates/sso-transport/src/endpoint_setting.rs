//! The setting of a custom endpoint URL, for errors.

use std::fmt;

/// Setting that contains a custom endpoint URL, such as `AWS_ENDPOINT_URL`. Errors of a request that
/// has it as an extension name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointSetting(pub(crate) String);

impl fmt::Display for EndpointSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the endpoint URL in {}", self.0)
    }
}
