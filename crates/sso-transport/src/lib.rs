//! HTTP transport for the services of AWS IAM Identity Center.
//!
//! A [`Transport`] sends one request once. [`HttpTransport`] uses the network; a test implements
//! its own in five lines. [`Endpoints`] resolves the URL of a service, [`RetryPolicy`] retries
//! requests after transient failures, and a [`ServiceError`] is the error response of a service.
//! The crates for each service define the requests.
//!
//! ```
//! use sso_transport::{Endpoints, RequestKind, RetryPolicy, Service, Transport, TransportError};
//!
//! struct Canned;
//!
//! impl Transport for Canned {
//!     fn send(
//!         &self,
//!         _request: http::Request<Vec<u8>>,
//!     ) -> Result<http::Response<Vec<u8>>, TransportError> {
//!         Ok(http::Response::new(b"{}".to_vec()))
//!     }
//! }
//!
//! let endpoint = Endpoints::default().resolve(Service::SsoOidc, &"eu-west-1".parse()?)?;
//! assert_eq!(endpoint.as_str(), "https://oidc.eu-west-1.amazonaws.com");
//!
//! let request = http::Request::post(endpoint.uri("/token", &[])?).body(Vec::new())?;
//! let response = RetryPolicy::default().send(&Canned, &request, RequestKind::SingleUse)?;
//! assert_eq!(response.status(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each request and each response is logged in one line at debug level of the [`log`] crate,
//! without headers and bodies.
//!
//! # Limits
//!
//! - No async, no HTTP/2, no compression, no SOCKS proxies.
//! - Every request is treated as if it contained a secret: redirects are not followed, and plain
//!   `http://` is allowed only for loopback addresses.
//! - The environment is not read; the caller passes all settings.
//! - The bytes of requests and responses are not wiped from memory.
//! - The HTTP library also logs, under its own targets, and may log secrets. A program should show
//!   only the logs of crates that it knows.

mod transport;

mod http;

mod endpoint;
mod retry;

mod header;
mod redact;
mod response;

mod endpoint_setting;
mod error;
mod proxy_problem;

pub use self::endpoint::{Endpoint, Endpoints, Partition, RESERVED, Service, is_safe_web_url};
pub use self::error::{EndpointError, TransportError};
pub use self::http::{CaBundle, HttpSettings, HttpTransport, ProxySettings};
pub use self::proxy_problem::ProxyProblem;
pub use self::redact::text_without;
pub use self::response::{
    ReceivedAt, ServiceError, is_throttled, read_json, retry_after, server_date,
};
pub use self::retry::{RequestKind, RetryPolicy};
pub use self::transport::Transport;

/// Includes the README so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
