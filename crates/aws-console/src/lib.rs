//! URLs of the AWS console, and the request that signs in to it.
//!
//! - [`shortcut_link`] opens the console with a role in IAM Identity Center, through the access portal.
//!   The link contains no secret.
//! - [`FederationClient`] exchanges temporary credentials for a [`LoginUrl`] of the federation endpoint.
//! - [`Destination`] is a page of the console: its home, a [`Service`], or a URL that is checked.
//!
//! ```
//! use aws_console::{Destination, Partition, Role, Service, shortcut_link};
//!
//! let region = "eu-west-1".parse()?;
//! let service = Service::named("ddb").unwrap();
//! let destination = Destination::of_service(service, Partition::of(&region), Some(&region))?;
//! assert_eq!(
//!     destination.as_str(),
//!     "https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1"
//! );
//!
//! let role = Role {
//!     start_url: &"https://my-portal.awsapps.com/start".into(),
//!     sso_region: &region,
//!     account_id: &"111122223333".into(),
//!     role_name: &"ReadOnly".into(),
//! };
//! assert_eq!(
//!     shortcut_link(&role, None)?,
//!     "https://my-portal.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The request is logged at trace level with the [`log`] crate. Secrets are redacted.
//!
//! # Limits
//!
//! - The crate does not use files or the clock, and prints nothing.
//! - The domains of the console in the isolated partitions (`aws-iso` and others) are not published, so
//!   that there are no destinations in them.
//! - A custom start URL is kept. Its redirect to the access portal must keep the fragment, as browsers do
//!   if the target has none (RFC 9110 §10.2.2).

mod destination;
mod error;
mod federation;
mod service;
mod shortcut;
mod sign_out;

pub use destination::Destination;
pub use error::{DestinationError, FederationError, ShortcutError};
pub use federation::{FederationClient, LoginUrl, SessionKeys, SigninToken};
pub use service::{Scope, Service};
pub use shortcut::{Role, shortcut_link};
pub use sign_out::sign_out_url;
pub use sso_transport::Partition;

/// The README, included so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
