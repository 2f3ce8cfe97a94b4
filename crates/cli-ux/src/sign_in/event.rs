//! What a person is told in the course of a sign-in, for programs.

use std::time::Duration;

/// What a person is told in the course of a sign-in, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInEvent<'a> {
    /// The address to open.
    Url(&'a str),
    /// The code to enter there.
    UserCode(&'a str),
    /// The wait for the approval begins.
    Waiting {
        /// How long it may last.
        at_most: Duration,
    },
}
