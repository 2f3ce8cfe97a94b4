//! Responses of the services.

use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use http::Response;
use http::header::DATE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use sso_types::sanitize;

use crate::error::{TransportError, endpoint_setting, origin_note};
use crate::header::{header, request_id};

/// Parses the JSON body of `response`.
///
/// # Errors
///
/// [`TransportError::NotUnderstood`]. It never quotes the body, which may contain secrets.
pub fn read_json<T: DeserializeOwned>(response: &Response<Vec<u8>>) -> Result<T, TransportError> {
    serde_json::from_slice(response.body()).map_err(|error| {
        let problem = match error.classify() {
            Category::Eof => "is truncated",
            Category::Data => "has missing or invalid fields",
            Category::Syntax | Category::Io => "is not JSON",
        };
        TransportError::not_understood(response, problem)
    })
}

/// Returns the server's time from the `Date` header; `None` if it is missing or invalid.
#[must_use]
pub fn server_date<B>(response: &Response<B>) -> Option<SystemTime> {
    httpdate::parse_http_date(response.headers().get(DATE)?.to_str().ok()?).ok()
}

/// Error response of a service. All texts are [sanitized](sanitize).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceError {
    /// HTTP status.
    pub status: u16,
    /// Error name in the service model, such as `UnauthorizedException`.
    pub name: Option<String>,
    /// OAuth 2.0 error code, such as `slow_down`.
    pub code: Option<String>,
    /// Error message of the service.
    pub message: Option<String>,
    /// Underlying cause, such as `KMS_DisabledException`.
    pub reason: Option<String>,
    /// Time of the response by the service's clock.
    pub server_date: Option<SystemTime>,
    /// Request ID, for AWS Support.
    pub request_id: Option<String>,
    /// Setting that contains the endpoint URL, if it is a custom one.
    pub endpoint_setting: Option<String>,
}

/// Error body of OAuth (RFC 6749 §5.2), of the `rest-json` protocol, or a mixture of both.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    #[serde(rename = "__type")]
    kind: Text,
    error: Text,
    error_description: Text,
    message: Text,
    #[serde(rename = "Message")]
    capital_message: Text,
    reason: Text,
}

/// Sanitized string; `None` if it is empty or the JSON value has another type.
#[derive(Default, Deserialize)]
#[serde(from = "serde_json::Value")]
struct Text(Option<String>);

impl From<serde_json::Value> for Text {
    fn from(value: serde_json::Value) -> Self {
        let text = value.as_str().map(sanitize);
        Self(text.filter(|text| !text.is_empty()))
    }
}

impl ServiceError {
    /// Reads the error from a response. If the body is not JSON, such as an HTML page, only the
    /// status and the headers are used.
    #[must_use]
    pub fn from_response(response: &Response<Vec<u8>>) -> Self {
        let body = String::from_utf8_lossy(response.body());
        let body: ErrorBody = serde_json::from_str(&body).unwrap_or_default();
        let name = header(response, "x-amzn-errortype").or(body.kind.0);
        Self {
            status: response.status().as_u16(),
            name: name
                .as_deref()
                .map(bare_name)
                .filter(|name| !name.is_empty()),
            code: body.error.0,
            message: body
                .error_description
                .0
                .or(body.message.0)
                .or(body.capital_message.0),
            reason: body.reason.0,
            server_date: server_date(response),
            request_id: request_id(response),
            endpoint_setting: endpoint_setting(response),
        }
    }

    /// Returns whether the same request may succeed later: the service failed internally or is
    /// throttling requests.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.status == 429 || self.status >= 500
    }
}

/// Shortens `com.amazonaws.sso#NotFoundException:http://…` to `NotFoundException`.
fn bare_name(name: &str) -> String {
    let name = name.split(':').next().unwrap_or_default();
    name.rsplit('#')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

impl fmt::Display for ServiceError {
    /// Writes the message, the error name or code, and the status. Without a name and a code, the
    /// response may not come from the service; then a custom endpoint URL is named.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().or(self.code.as_ref());
        let origin = origin_note(self.endpoint_setting.as_deref());
        match (&self.message, name) {
            (Some(message), Some(name)) => write!(f, "{message} ({name}, status {})", self.status),
            (Some(message), None) => write!(f, "{message} (status {}{origin})", self.status),
            (None, Some(name)) => write!(f, "{name} (status {})", self.status),
            (None, None) => write!(f, "status {} without an error message{origin}", self.status),
        }
    }
}

impl Error for ServiceError {}
