//! Client for the AWS access portal API of IAM Identity Center.
//!
//! With an access token, [`PortalClient`] lists accounts and roles, gets role credentials, and ends
//! the session.
//!
//! ```
//! use sso_portal::PortalClient;
//! use sso_transport::{Endpoint, RetryPolicy, Transport, TransportError};
//!
//! /// Test double of the service. A program uses `sso_transport::HttpTransport`.
//! struct Canned(&'static str);
//!
//! impl Transport for Canned {
//!     fn send(
//!         &self,
//!         _request: http::Request<Vec<u8>>,
//!     ) -> Result<http::Response<Vec<u8>>, TransportError> {
//!         Ok(http::Response::new(self.0.into()))
//!     }
//! }
//!
//! let service = Canned(r#"{"roleCredentials":{"accessKeyId":"ASIA...","secretAccessKey":"s",
//!     "sessionToken":"t","expiration":1900000000000}}"#);
//! let endpoint: Endpoint = "https://portal.sso.eu-west-1.amazonaws.com".parse()?;
//! let client = PortalClient::new(service, endpoint, RetryPolicy::default());
//!
//! let token = "the access token of a session".into();
//! let credentials = client.get_role_credentials(&token, &"123456789012".into(), &"Admin".into())?;
//! assert_eq!(credentials.access_key_id, "ASIA...");
//! assert_eq!(credentials.expires_at.year(), 2030);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Responses are logged at trace level with the [`log`] crate. Secrets are redacted.
//!
//! # Limits
//!
//! - The crate does not use files or the clock, and does not refresh tokens. An expired token is an
//!   error.
//! - There is no client-side rate limit. Throttled requests are retried.

mod client;

mod accounts;

mod role_credentials;

mod error;

pub use accounts::{Account, AccountRole};
pub use client::PortalClient;
pub use error::PortalError;
pub use role_credentials::RoleCredentials;

/// The README, included so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
