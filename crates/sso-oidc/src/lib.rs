//! Client for AWS SSO OIDC, the service that signs users in to IAM Identity Center.
//!
//! [`OidcClient`] has one method for each API operation. The caller shows the user code, waits,
//! listens for the redirect and stores the tokens. [`Poll::after`] decides the next step after an
//! attempt to get a token. [`Pkce`] and [`State`] are the random values of the authorization code
//! grant.
//!
//! ```
//! use std::{cell::RefCell, time::Duration};
//!
//! use sso_oidc::{Grant, OidcClient, Poll, RegisterClient};
//! use sso_transport::{Endpoint, RetryPolicy, Transport, TransportError};
//!
//! /// Test double of the service. A program uses `sso_transport::HttpTransport`.
//! struct Scripted(RefCell<Vec<(u16, &'static str)>>);
//!
//! impl Transport for Scripted {
//!     fn send(
//!         &self,
//!         _request: http::Request<Vec<u8>>,
//!     ) -> Result<http::Response<Vec<u8>>, TransportError> {
//!         let (status, body) = self.0.borrow_mut().pop().expect("one response per request");
//!         let mut response = http::Response::new(body.into());
//!         *response.status_mut() = status.try_into().expect("a valid status");
//!         Ok(response)
//!     }
//! }
//!
//! let service = Scripted(RefCell::new(vec![
//!     (200, r#"{"accessToken":"T","expiresIn":28800}"#),
//!     (400, r#"{"error":"authorization_pending"}"#),
//!     (200, r#"{"deviceCode":"D","userCode":"ABCD-EFGH","expiresIn":600,
//!         "verificationUri":"https://device.sso.eu-west-1.amazonaws.com/",
//!         "verificationUriComplete":"https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH"}"#),
//!     (200, r#"{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":2000000000}"#),
//! ]));
//! let endpoint: Endpoint = "https://oidc.eu-west-1.amazonaws.com".parse()?;
//! let client = OidcClient::new(service, endpoint, RetryPolicy::default());
//!
//! let registration = client.register_client(&RegisterClient::for_device_code("my-tool"))?;
//! let (id, secret) = (&registration.client_id, &registration.client_secret);
//! let start_url = "https://example.awsapps.com/start".into();
//! let device = client.start_device_authorization(id, secret, &start_url)?;
//! println!("Open {} and enter {}", device.verification_uri, device.user_code);
//!
//! let grant = Grant::DeviceCode(device.device_code);
//! let mut interval = device.interval;
//! let token = loop {
//!     match Poll::after(client.create_token(id, secret, &grant), interval) {
//!         Poll::Done(token) => break token,
//!         // A program sleeps for `pause` here.
//!         Poll::Wait { pause: _, interval: next } => interval = next,
//!         Poll::Failed(error) => return Err(error.into()),
//!     }
//! };
//! assert_eq!(token.expires_in, Duration::from_secs(8 * 3600));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Requests and responses are logged at trace level with the [`log`] crate. Secrets are redacted.
//!
//! # Limits
//!
//! - The crate does not use files or the clock, does not sleep or listen for the redirect, and does
//!   not open a browser.
//! - `CreateTokenWithIAM` and identity tokens are not supported.

mod client;

mod registration;

mod device_authorization;

mod authorization_code;

mod token;

mod connection;

mod response;

mod error;

pub use authorization_code::{Pkce, State};
pub use client::OidcClient;
pub use device_authorization::DeviceAuthorization;
pub use error::{KmsProblem, OidcError};
pub use registration::{ClientRegistration, RegisterClient, RegistrationGrant, client_name};
pub use token::{Grant, IssuedToken, Poll};

/// The README, included so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
