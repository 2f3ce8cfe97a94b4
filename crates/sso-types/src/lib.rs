//! The nouns of AWS IAM Identity Center as types.
//!
//! A function that takes an [`AccessToken`] cannot be handed a refresh token, and neither can
//! be printed: what is secret is a [`Secret`] inside, whose `Debug` says `[redacted]` and which
//! is wiped from memory when dropped.
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
//! The types name things; except for [`Region`], which ends up in host names, they do not judge
//! whether AWS would accept the text. No I/O, no clock.

mod text;

mod secret;
mod token;

mod client;
mod identity;
mod session;

pub use client::{ClientId, ClientSecret};
pub use identity::{AccountId, ProfileName, RoleName};
pub use secret::Secret;
pub use session::{InvalidRegion, Region, RegistrationScope, SessionName, StartUrl};
pub use token::{AccessToken, RefreshToken};
