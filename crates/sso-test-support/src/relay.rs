//! relay
/// An address of this machine where nobody listens: connections are refused.
pub const NOBODY: &str = "http://127.0.0.1:1";
