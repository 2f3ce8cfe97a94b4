//! Failures to get a response.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::Response;
use http::header::CONTENT_TYPE;
use sso_types::Secret;

use crate::header::header;

/// A request without a usable response. Of a URL only the host is shown, with its port if that is
/// not the default.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The URL of the request cannot be used.
    #[error("unusable request address: {reason}")]
    BadUrl {
        /// Reason, as a main clause.
        reason: &'static str,
    },

    /// The request would have carried a secret unencrypted.
    #[error("{host} is only known by an http:// address, and no secret is sent unencrypted")]
    PlainHttp {
        /// The host that is not loopback.
        host: String,
    },

    /// The proxy setting cannot be used.
    #[error("unusable proxy setting: {reason}")]
    BadProxy {
        /// Reason, as a main clause.
        reason: &'static str,
    },

    /// The certificate file cannot be used.
    #[error("cannot read certificates from {}", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },

    /// The host name has no address.
    #[error("cannot find the address of {host}")]
    Dns {
        /// The host, or the proxy.
        host: String,
        /// The resolver's error.
        source: io::Error,
    },

    /// The connection was refused.
    #[error("{host} refuses connections")]
    Refused {
        /// The host, or the proxy.
        host: String,
    },

    /// The connection failed for another reason.
    #[error("cannot connect to {host}")]
    Connect {
        /// The host, or the proxy.
        host: String,
        /// The operating system's error.
        source: io::Error,
    },

    /// The connection timed out.
    #[error("cannot connect to {host} within {limit:?}")]
    ConnectTimeout {
        /// The host, or the proxy.
        host: String,
        /// The timeout.
        limit: Duration,
    },

    /// The TLS handshake failed.
    #[error("no trusted TLS connection to {host}{}", checked_against(ca_bundle.as_ref()))]
    Tls {
        /// The host.
        host: String,
        /// The file that replaces the platform's certificates, if there is one.
        ca_bundle: Option<PathBuf>,
        /// The TLS library's error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The proxy does not connect to the host.
    #[error("the proxy {proxy} does not connect to {host}{}", with_status(*status))]
    Proxy {
        /// The proxy.
        proxy: String,
        /// The host.
        host: String,
        /// Status of the proxy's response, if there was one.
        status: Option<u16>,
    },

    /// The response timed out.
    #[error("{host} did not answer within {limit:?}")]
    ReadTimeout {
        /// The host.
        host: String,
        /// The timeout.
        limit: Duration,
    },

    /// The connection was closed before the response was complete.
    #[error("{host} closed the connection before the answer was complete")]
    Cut {
        /// The host.
        host: String,
        /// The operating system's error.
        source: io::Error,
    },

    /// The response is not HTTP.
    #[error("{host} does not answer in HTTP")]
    NotHttp {
        /// The host.
        host: String,
        /// The HTTP library's error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The response is larger than any service's.
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit.
        limit: u64,
    },

    /// The response is a redirect. It is not followed, since the request carries a secret.
    #[error("{host} redirects to {}, which is not followed", target.as_deref().unwrap_or("nowhere"))]
    Redirect {
        /// The host.
        host: String,
        /// The host that the redirect names, if it names one.
        target: Option<String>,
        /// The complete URL of the redirect: see [`redirect_target`](Self::redirect_target).
        location: Option<Secret>,
    },

    /// The response is not the service's: for example it is the page of a captive portal.
    #[error("the answer{} {problem}", of_type(content_type.as_deref()))]
    NotUnderstood {
        /// Reason, as the predicate of a sentence about the response.
        problem: &'static str,
        /// Content type of the response, sanitized.
        content_type: Option<String>,
    },
}

fn checked_against(ca_bundle: Option<&PathBuf>) -> String {
    ca_bundle.map_or_else(String::new, |path| {
        format!(" (trusting {} alone)", path.display())
    })
}

fn with_status(status: Option<u16>) -> String {
    status.map_or_else(String::new, |status| format!(" (status {status})"))
}

fn of_type(content_type: Option<&str>) -> String {
    content_type.map_or_else(String::new, |name| format!(" of type {name}"))
}

impl TransportError {
    /// Returns whether the same request may succeed in a moment.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Dns { .. }
            | Self::Refused { .. }
            | Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::ReadTimeout { .. }
            | Self::Cut { .. } => true,
            Self::Proxy { status, .. } => status.is_none_or(|status| status >= 500),
            _ => false,
        }
    }

    /// Returns whether the service cannot have processed the request, so that even a single-use
    /// code in it is still valid.
    #[must_use]
    pub fn was_not_sent(&self) -> bool {
        matches!(
            self,
            Self::BadUrl { .. }
                | Self::PlainHttp { .. }
                | Self::BadProxy { .. }
                | Self::CaBundle { .. }
                | Self::Dns { .. }
                | Self::Refused { .. }
                | Self::Connect { .. }
                | Self::ConnectTimeout { .. }
                | Self::Tls { .. }
                | Self::Proxy { .. }
        )
    }

    /// Returns whether a setting (a URL, a proxy, a certificate file) has to change first.
    #[must_use]
    pub fn is_misconfiguration(&self) -> bool {
        matches!(
            self,
            Self::BadUrl { .. }
                | Self::PlainHttp { .. }
                | Self::BadProxy { .. }
                | Self::CaBundle { .. }
        )
    }

    /// Returns the error for a response that is not the service's; `problem` is the predicate of a
    /// sentence about the response.
    #[must_use]
    pub fn not_understood(response: &Response<Vec<u8>>, problem: &'static str) -> Self {
        Self::NotUnderstood {
            problem,
            content_type: header(response, CONTENT_TYPE.as_str()),
        }
    }

    /// Returns the URL of a redirect, as the server wrote it. Follow it only for a request without
    /// secrets, and only after checking it.
    #[must_use]
    pub fn redirect_target(&self) -> Option<&str> {
        match self {
            Self::Redirect { location, .. } => location.as_ref().map(Secret::expose),
            _ => None,
        }
    }
}

/// A configured endpoint URL that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The URL cannot be the base URL of a service.
    #[error("unusable endpoint URL: {reason}")]
    InvalidUrl {
        /// Reason, as a main clause.
        reason: &'static str,
    },

    /// An endpoint URL and FIPS endpoints are both configured.
    #[error("an endpoint URL and FIPS endpoints cannot be asked for at once")]
    CustomWithFips,

    /// An endpoint URL and dual-stack endpoints are both configured.
    #[error("an endpoint URL and dual-stack endpoints cannot be asked for at once")]
    CustomWithDualstack,
}
