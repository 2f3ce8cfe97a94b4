//! How requests reach the services of AWS IAM Identity Center.
//!
//! A [`Transport`] sends one request once; [`HttpTransport`] is the one for the real network, and
//! a test writes its own in five lines. [`RetryPolicy`] decides what is sent again,
//! [`Endpoints`] where to, and [`ServiceError`] is what a service says when it refuses. What the
//! requests mean is left to the crates for each service.
//!
//! ```
//! use sso_transport::{Endpoints, Replay, RetryPolicy, Service, Transport, TransportError};
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
//! let answer = RetryPolicy::default().send(&Canned, &request, Replay::SingleUse)?;
//! assert_eq!(answer.status(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each request and each answer is one line of the [`log`] crate at debug level, without headers
//! and bodies.
//!
//! # Limits
//!
//! - No async, no HTTP/2, no compression, no SOCKS proxies.
//! - Every request is taken to carry a secret: no redirect is followed, and plain `http://` is
//!   for loopback addresses alone.
//! - The environment is not read: who calls passes in what it found there.
//! - The bytes of requests and answers are not wiped from memory.
//! - The HTTP library logs too, under its own targets; a program that shows logs should show
//!   those of the crates it knows.

mod transport;

mod http;

mod endpoint;
mod retry;

mod answer;
mod error;
mod printable;

pub use self::answer::{ServiceError, read_json, server_date};
pub use self::endpoint::{Endpoint, Endpoints, Service};
pub use self::error::{EndpointError, TransportError};
pub use self::http::{HttpSettings, HttpTransport, ProxySettings};
pub use self::printable::printable;
pub use self::retry::{Replay, RetryPolicy, retry_after};
pub use self::transport::Transport;
