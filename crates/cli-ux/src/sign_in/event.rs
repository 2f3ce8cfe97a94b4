//! Events of the sign-in.

use std::time::Duration;

/// Step of the sign-in. The variants are in the order of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInEvent<'a> {
    /// URL to open.
    Url(&'a str),
    /// User code to enter at the URL.
    UserCode(&'a str),
    /// Start of the wait for the approval by the user.
    Waiting {
        /// Maximum duration.
        timeout: Duration,
    },
}
