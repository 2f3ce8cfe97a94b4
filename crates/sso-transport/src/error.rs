//! Why there is no answer.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::Response;
use http::header::CONTENT_TYPE;
use sso_types::Secret;

use crate::answer::header;

/// A request that got no usable answer. Hosts are named with their port where it is not the
/// usual one; nothing else of a URL is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The request has no address that could be reached.
    #[error("unusable request address: {reason}")]
    BadUrl {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The request would have carried a secret in the clear.
    #[error("{host} is only known by an http:// address, and no secret is sent unencrypted")]
    PlainHttp {
        /// The host that is not loopback.
        host: String,
    },

    /// The proxy setting cannot be used.
    #[error("unusable proxy setting: {reason}")]
    BadProxy {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The file of certificates cannot be used.
    #[error("cannot read certificates from {}", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },

    /// The name has no address.
    #[error("cannot find the address of {host}")]
    Dns {
        /// The host, or the proxy.
        host: String,
        /// What the resolver says.
        source: io::Error,
    },

    /// Nobody listens there.
    #[error("{host} refuses connections")]
    Refused {
        /// The host, or the proxy.
        host: String,
    },

    /// There is no connection, for another reason.
    #[error("cannot connect to {host}")]
    Connect {
        /// The host, or the proxy.
        host: String,
        /// What the system says.
        source: io::Error,
    },

    /// There was no connection in time.
    #[error("cannot connect to {host} within {limit:?}")]
    ConnectTimeout {
        /// The host, or the proxy.
        host: String,
        /// How long was waited.
        limit: Duration,
    },

    /// There is no trusted encryption.
    #[error("no trusted TLS connection to {host}{}", checked_against(ca_bundle.as_ref()))]
    Tls {
        /// The host.
        host: String,
        /// The file that replaces the platform's certificates, where one does.
        ca_bundle: Option<PathBuf>,
        /// What the TLS library says.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The proxy does not connect to the host.
    #[error("the proxy {proxy} does not connect to {host}{}", with_status(*status))]
    Proxy {
        /// The proxy.
        proxy: String,
        /// The host.
        host: String,
        /// The status that the proxy answered, where it did.
        status: Option<u16>,
    },

    /// There was no answer in time.
    #[error("{host} did not answer within {limit:?}")]
    ReadTimeout {
        /// The host.
        host: String,
        /// How long was waited.
        limit: Duration,
    },

    /// The connection ended before the answer did.
    #[error("{host} closed the connection before the answer was complete")]
    Cut {
        /// The host.
        host: String,
        /// What the system says.
        source: io::Error,
    },

    /// The answer is no HTTP.
    #[error("{host} does not answer in HTTP")]
    NotHttp {
        /// The host.
        host: String,
        /// What the HTTP library says.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The answer is longer than any service's would be.
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit.
        limit: u64,
    },

    /// The answer sends us elsewhere, where no secret goes.
    #[error("{host} redirects to {}, which is not followed", target.as_deref().unwrap_or("nowhere"))]
    Redirect {
        /// The host.
        host: String,
        /// The host that it names, if it does.
        target: Option<String>,
        /// The whole address that it names: see [`redirect_target`](Self::redirect_target).
        location: Option<Secret>,
    },

    /// The answer is not what the service would say. A captive portal does this.
    #[error("the answer{} {problem}", of_type(content_type.as_deref()))]
    NotUnderstood {
        /// What is wrong, as the rest of the sentence.
        problem: &'static str,
        /// What the answer says it is, made printable.
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
    /// Whether the same request may well succeed in a moment.
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

    /// Whether the service cannot have processed the request, so that even a single-use code in
    /// it is still good.
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

    /// Whether a setting (an address, a proxy, a certificate file) has to change first.
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

    /// Makes the error for an answer that is not what the service would say; `problem` is the rest
    /// of a sentence that begins with the answer.
    #[must_use]
    pub fn not_understood(answer: &Response<Vec<u8>>, problem: &'static str) -> Self {
        Self::NotUnderstood {
            problem,
            content_type: header(answer, CONTENT_TYPE.as_str()),
        }
    }

    /// Returns the address that a redirect names, as the server wrote it. For requests that carry
    /// no secret, and to be checked before it is followed.
    #[must_use]
    pub fn redirect_target(&self) -> Option<&str> {
        match self {
            Self::Redirect { location, .. } => location.as_ref().map(Secret::expose),
            _ => None,
        }
    }
}

/// An address for a service that somebody set and that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The URL cannot be the base of a service's addresses.
    #[error("unusable endpoint URL: {reason}")]
    InvalidUrl {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// Only AWS's own endpoints come as FIPS endpoints.
    #[error("an endpoint URL and FIPS endpoints cannot be asked for at once")]
    CustomWithFips,

    /// Only AWS's own endpoints come as dual-stack endpoints.
    #[error("an endpoint URL and dual-stack endpoints cannot be asked for at once")]
    CustomWithDualstack,
}
