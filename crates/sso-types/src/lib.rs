//! The nouns of AWS IAM Identity Center as types, and the text forms of bytes and times.
//!
//! A function that takes an [`AccessToken`] cannot be given a refresh token, and neither can be
//! printed. Both hold a [`Secret`], whose `Debug` says `[redacted]`, which is compared in constant
//! time and wiped from memory on drop.
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
//! - The types name values and do not validate them, except for [`Region`], which becomes part of
//!   host names.
//! - No I/O, no clock.

pub mod hex;
pub mod timestamp;

mod sanitize;
mod text;

mod secret;
mod token;

mod client;
mod identity;
mod session;

pub use client::{ClientId, ClientSecret};
pub use identity::{AccountId, ProfileName, RoleName};
pub use sanitize::sanitize;
pub use secret::Secret;
pub use session::{InvalidRegion, Region, RegistrationScope, SessionName, StartUrl};
pub use token::{AccessToken, RefreshToken};

/// Holds the README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
