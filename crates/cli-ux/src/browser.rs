//! Selection and start of the user's browser.

#[cfg(feature = "sso")]
mod choice;
mod opener;
#[cfg(feature = "sso")]
mod tmux;
#[cfg(feature = "sso")]
mod unavailable;
#[cfg(feature = "sso")]
mod within;
#[cfg(feature = "sso")]
mod wsl;

#[cfg(feature = "sso")]
pub use choice::BrowserChoice;
pub use opener::{Browser, BrowserError, BrowserValues};
#[cfg(feature = "sso")]
pub use tmux::TmuxEnv;
#[cfg(feature = "sso")]
pub use unavailable::BrowserUnavailable;
