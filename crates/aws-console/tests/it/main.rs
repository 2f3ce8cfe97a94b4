//! Tests of the URLs and of the request.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod destination;
mod federation;
mod service;
mod shortcut;
