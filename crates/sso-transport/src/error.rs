//! Errors of requests without a valid response.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::Response;
use http::header::CONTENT_TYPE;
use sso_types::Secret;

use crate::endpoint_setting::EndpointSetting;
use crate::header::{content_encoding, header};
use crate::proxy_problem::ProxyProblem;

/// Error of a request without a valid response. The messages show only the host of a URL, and the
/// port if the URL contains one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The URL of the request is invalid.
    #[error("invalid request URL: {reason}")]
    BadUrl {
        /// Reason, as a main clause.
        reason: &'static str,
    },

    /// The request would have been sent unencrypted to a host that is not a loopback address.
    #[error("cannot use http:// for {host}: secrets are never sent unencrypted")]
    PlainHttp {
        /// The host.
        host: String,
    },

    /// The proxy setting is invalid.
    #[error("invalid proxy setting {name}: {reason}")]
    BadProxy {
        /// Name of the setting.
        name: String,
        /// Reason, as a main clause.
        reason: &'static str,
    },

    /// The CA bundle cannot be read, or contains no valid certificates.
    #[error("cannot read certificates from {}", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },

    /// The host name cannot be resolved.
    #[error("cannot resolve the host name {host}")]
    Dns {
        /// The host, or the proxy.
        host: String,
        /// The resolver's error.
        source: io::Error,
    },

    /// The connection was refused.
    #[error("{host} refused the connection")]
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
    #[error("no trusted TLS connection to {host}{}", trust_note(ca_bundle.as_ref()))]
    Tls {
        /// The host.
        host: String,
        /// CA bundle that replaces the platform's certificates, if configured.
        ca_bundle: Option<PathBuf>,
        /// True if a certificate has expired or is not valid yet. The cause may be the local clock.
        is_outside_validity: bool,
        /// The TLS library's error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The proxy did not connect to the host.
    #[error("the proxy {proxy} in {setting} did not connect to {host}: {problem}")]
    Proxy {
        /// The proxy.
        proxy: String,
        /// Setting that contains the URL of the proxy.
        setting: String,
        /// The host.
        host: String,
        /// Reason.
        problem: Box<ProxyProblem>,
    },

    /// The response timed out.
    #[error("{host} did not respond within {limit:?}")]
    ReadTimeout {
        /// The host.
        host: String,
        /// The timeout.
        limit: Duration,
    },

    /// The connection was closed before the response was complete.
    #[error("{host} closed the connection before the response was complete")]
    Cut {
        /// The host.
        host: String,
        /// The operating system's error.
        source: io::Error,
    },

    /// The response is not HTTP.
    #[error("the response from {host} is not HTTP")]
    NotHttp {
        /// The host.
        host: String,
        /// The HTTP library's error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The response exceeds the size limit.
    #[error("the response from {host} is larger than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit.
        limit: u64,
    },

    /// The response is a redirect, which is not followed because the request may contain a secret.
    #[error("{host} redirected to {}, which is not followed", target.as_deref().unwrap_or("an invalid URL"))]
    Redirect {
        /// The host.
        host: String,
        /// Host of the redirect's target, if the target is a valid URL.
        target: Option<String>,
        /// The complete URL of the redirect: see [`redirect_target`](Self::redirect_target).
        location: Option<Secret>,
    },

    /// The response does not come from the service, for example because of a captive portal.
    #[error("the response {problem}{}", response_note(content_type.as_deref(), content_encoding.as_deref(), endpoint_setting.as_deref()))]
    NotUnderstood {
        /// Predicate of a sentence about the response, such as `is not JSON`.
        problem: &'static str,
        /// Content type of the response, sanitized.
        content_type: Option<String>,
        /// Encoding of a compressed response, sanitized.
        content_encoding: Option<String>,
        /// Setting that contains the endpoint URL, if it is a custom one.
        endpoint_setting: Option<String>,
    },
}

fn trust_note(ca_bundle: Option<&PathBuf>) -> String {
    ca_bundle.map_or_else(String::new, |path| {
        format!(" (only the certificates in {} are trusted)", path.display())
    })
}

/// Returns the setting that contains the custom endpoint URL, if the response comes from one.
pub(crate) fn endpoint_setting(response: &Response<Vec<u8>>) -> Option<String> {
    let setting = response.extensions().get::<EndpointSetting>();
    setting.map(|setting| setting.0.clone())
}

pub(crate) fn origin_note(endpoint_setting: Option<&str>) -> String {
    endpoint_setting.map_or_else(String::new, |setting| format!(" {}", origin(setting)))
}

fn origin(endpoint_setting: &str) -> String {
    format!("from {}", EndpointSetting(endpoint_setting.to_owned()))
}

const WEB_PAGE: &str = "is a web page, such as the login page of a network";

fn is_web_page(response: &Response<Vec<u8>>) -> bool {
    let content_type = header(response, CONTENT_TYPE.as_str()).unwrap_or_default();
    let is_html = |text: &str| {
        text.get(..9)
            .is_some_and(|it| it.eq_ignore_ascii_case("text/html"))
    };
    is_html(&content_type) || begins_with_html(response.body())
}

fn begins_with_html(body: &[u8]) -> bool {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let body = body.trim_ascii_start();
    let starts = |tag: &str| {
        let start = body.get(..tag.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    starts("<!doctype html") || starts("<html")
}

fn response_note(
    content_type: Option<&str>,
    content_encoding: Option<&str>,
    endpoint_setting: Option<&str>,
) -> String {
    let content_type = content_type.map(|name| format!("content type {name}"));
    let content_encoding = content_encoding.map(|name| format!("content encoding {name}"));
    let notes = [content_type, content_encoding, endpoint_setting.map(origin)];
    let notes: Vec<_> = notes.into_iter().flatten().collect();
    if notes.is_empty() {
        return String::new();
    }
    format!(" ({})", notes.join(", "))
}

impl TransportError {
    /// Returns whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Dns { .. }
            | Self::Refused { .. }
            | Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::ReadTimeout { .. }
            | Self::Cut { .. } => true,
            Self::Proxy { problem, .. } => problem.is_transient(),
            _ => false,
        }
    }

    /// Returns whether the service cannot have processed the request, so that a single-use code in
    /// it is still valid.
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

    /// Returns whether the connection or the response timed out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::ConnectTimeout { .. } | Self::ReadTimeout { .. })
    }

    /// Returns the setting that contains the URL of the host, if a custom endpoint could not be reached.
    #[must_use]
    pub fn custom_endpoint(&self) -> Option<&str> {
        match self {
            Self::Dns { host, .. }
            | Self::Refused { host }
            | Self::Connect { host, .. }
            | Self::ConnectTimeout { host, .. }
            | Self::ReadTimeout { host, .. } => EndpointSetting::named_after(host),
            _ => None,
        }
    }

    /// Returns whether a setting is invalid: a URL, a proxy or a CA bundle.
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

    /// Returns the error for a response that does not come from the service. `problem` is the
    /// predicate of a sentence about the response, such as `is not JSON`. It is replaced if the response
    /// is a web page, such as the login page of a network, or is compressed.
    #[must_use]
    pub fn not_understood(response: &Response<Vec<u8>>, problem: &'static str) -> Self {
        let content_encoding = content_encoding(response);
        Self::NotUnderstood {
            problem: match content_encoding {
                _ if is_web_page(response) => WEB_PAGE,
                Some(_) => "is compressed, although the request does not allow it",
                None => problem,
            },
            content_encoding,
            content_type: header(response, CONTENT_TYPE.as_str()),
            endpoint_setting: endpoint_setting(response),
        }
    }

    /// Returns the URL of a redirect, exactly as the server sent it. Follow it only for a request
    /// without secrets, and only after validating it.
    #[must_use]
    pub fn redirect_target(&self) -> Option<&str> {
        match self {
            Self::Redirect { location, .. } => location.as_ref().map(Secret::expose),
            _ => None,
        }
    }
}

/// Error of an endpoint configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The URL is not a valid base URL of a service.
    #[error("invalid endpoint URL: {reason}")]
    InvalidUrl {
        /// Reason, as a main clause.
        reason: &'static str,
    },

    /// An endpoint URL and FIPS endpoints are both configured.
    #[error("an endpoint URL cannot be combined with FIPS endpoints")]
    CustomWithFips,

    /// An endpoint URL and dual-stack endpoints are both configured.
    #[error("an endpoint URL cannot be combined with dual-stack endpoints")]
    CustomWithDualstack,

    /// FIPS endpoints are configured, and the service has none in the partition.
    #[error("the service has no FIPS endpoint in this partition")]
    NoFips,
}
