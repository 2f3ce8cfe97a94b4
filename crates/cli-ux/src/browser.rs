//! The user's browser: the choice of one, and opening it.

#[cfg(feature = "sso")]
mod choice;
mod opener;

#[cfg(feature = "sso")]
pub use choice::BrowserChoice;
pub use opener::{Browser, BrowserError};
