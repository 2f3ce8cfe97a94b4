//! Client for two operations of AWS STS: `AssumeRole`, which exchanges credentials for those of a
//! role, and `GetCallerIdentity`, which returns the identity of credentials.
//!
//! [`StsClient`] sends the requests, signed with Signature Version 4.
//!
//! ```
//! use sso_transport::{Endpoint, RetryPolicy, Transport, TransportError};
//! use sts_assume_role::{AssumeRole, SigningKeys, StsClient};
//!
//! /// Test double of the service. A program uses `sso_transport::HttpTransport`.
//! struct Canned(&'static str);
//!
//! impl Transport for Canned {
//!     fn send(
//!         &self,
//!         request: http::Request<Vec<u8>>,
//!     ) -> Result<http::Response<Vec<u8>>, TransportError> {
//!         assert!(request.headers().contains_key("authorization"));
//!         Ok(http::Response::new(self.0.into()))
//!     }
//! }
//!
//! let service = Canned("<AssumeRoleResponse><AssumeRoleResult>
//!     <AssumedRoleUser>
//!       <Arn>arn:aws:sts::222222222222:assumed-role/x/me</Arn>
//!       <AssumedRoleId>AROAEXAMPLE:me</AssumedRoleId>
//!     </AssumedRoleUser>
//!     <Credentials>
//!       <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
//!       <SecretAccessKey>s</SecretAccessKey>
//!       <SessionToken>t</SessionToken>
//!       <Expiration>2030-03-17T17:46:40Z</Expiration>
//!     </Credentials>
//!     </AssumeRoleResult></AssumeRoleResponse>");
//! let endpoint: Endpoint = "https://sts.eu-west-1.amazonaws.com".parse()?;
//! let client = StsClient::new(service, endpoint, "eu-west-1".parse()?, RetryPolicy::default());
//!
//! let keys = SigningKeys {
//!     access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
//!     secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
//!     session_token: None,
//! };
//! let role = AssumeRole::new("arn:aws:iam::222222222222:role/x", "me");
//! let credentials = client.assume_role(&role, &keys, time::OffsetDateTime::now_utc())?;
//! assert_eq!(credentials.access_key_id, "ASIAEXAMPLE");
//! assert_eq!(credentials.account_id().unwrap().as_str(), "222222222222");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Requests and responses are logged at trace level with the [`log`] crate. Secrets are redacted.
//!
//! # Limits
//!
//! - The crate does not use files, a cache or the clock. The time, which is part of the signature,
//!   is a parameter.
//! - Only the parameters that a config file can set are supported: no session policies, tags or
//!   transitive tag keys.
//! - Signature Version 4 is implemented only for these requests: a `POST` without a query.

mod client;

mod assume_role;
mod caller_identity;

mod connection;

mod signature;
mod xml;

mod error;

pub use assume_role::{AssumeRole, AssumedRoleCredentials, Mfa};
pub use caller_identity::CallerIdentity;
pub use client::StsClient;
pub use error::StsError;
pub use signature::SigningKeys;

/// The README, included so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
