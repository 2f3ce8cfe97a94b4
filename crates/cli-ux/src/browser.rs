//! Selection and start of the user's browser.

#[cfg(feature = "sso")]
mod choice;
mod opener;

#[cfg(feature = "sso")]
pub use choice::BrowserChoice;
pub use opener::{Browser, BrowserError};
