//! Events of a sign-in.

use std::time::Duration;

/// Step of a sign-in that the user is told about, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInEvent<'a> {
    /// URL to open.
    Url(&'a str),
    /// Code to enter there.
    UserCode(&'a str),
    /// Start of the wait for the approval.
    Waiting {
        /// Maximum duration of the wait.
        timeout: Duration,
    },
}
