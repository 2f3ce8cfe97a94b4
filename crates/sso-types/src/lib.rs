//! Types for the values of AWS IAM Identity Center, and text formats of bytes and times.
//!
//! A function that takes an [`AccessToken`] does not accept a refresh token, and neither token
//! can be printed. Both contain a [`Secret`]: its `Debug` output is `[redacted]`, it is compared in
//! constant time, and its memory is wiped on drop.
//!
//! ```
//! use sso_types::{AccessToken, Region};
//!
//! let token = AccessToken::from("aoaAAAAA...");
//! assert_eq!(format!("{token:?}"), "AccessToken([redacted])");
//!
//! let region: Region = "eu-central-1".parse()?;
//! assert_eq!(region.as_str(), "eu-central-1");
//! assert!("evil.example.com/".parse::<Region>().is_err());
//! # Ok::<(), sso_types::InvalidRegion>(())
//! ```
//!
//! # Limits
//!
//! - Only [`Region`] is validated, since it becomes part of host names. The other types accept any
//!   text.
//! - The crate does no I/O and reads no clock.

pub mod hex;
pub mod timestamp;

mod minutes;
mod sanitize;
mod shown;
mod text;

mod named_secret;
mod secret;
mod token;

mod client;
mod identity;
mod session;

pub use client::{ClientId, ClientSecret};
pub use identity::{AccountId, ProfileName, RoleName};
pub use minutes::{at_least, whole_minutes};
pub use named_secret::NamedSecret;
pub use sanitize::{escaped, escaped_untruncated, is_hidden, sanitize};
pub use secret::Secret;
pub use session::{InvalidRegion, Region, RegistrationScope, SessionName, StartUrl};
pub use shown::{secret_ranges, shown_in_log, shown_in_text};
pub use token::{AccessToken, RefreshToken};

/// The README, included so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
