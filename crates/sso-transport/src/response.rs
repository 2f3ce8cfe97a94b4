//! Responses of the services.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use http::Response;
use http::header::{DATE, RETRY_AFTER};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use sso_types::at_least;

use crate::error::{TransportError, endpoint_setting, origin_note};
use crate::header::{REQUEST_ID_HEADERS, content_encoding, raw_header};
use crate::redact::text_without;

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

/// Returns the pause that `Retry-After` requests (RFC 9110 §10.2.3): seconds, rounded up, or a date, from
/// which the server's own `Date` is subtracted, or else the local time in [`ReceivedAt`]. Of several values,
/// the longest pause counts. A longer pause becomes one year, which callers can add to a time.
#[must_use]
pub fn retry_after(response: &Response<Vec<u8>>) -> Option<Duration> {
    let values = response.headers().get_all(RETRY_AFTER).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values
        .filter_map(|value| requested_pause(value.trim(), response))
        .max()
}

/// Local time at which a response was received, as an extension of the response. A transport whose
/// caller has a clock adds it for [`retry_after`].
#[derive(Clone, Copy, Debug)]
pub struct ReceivedAt(pub SystemTime);

fn requested_pause(value: &str, response: &Response<Vec<u8>>) -> Option<Duration> {
    let Ok::<SystemTime, _>(until) = httpdate::parse_http_date(value) else {
        // A proxy may have joined several headers.
        let seconds = value.split(',').filter_map(|value| seconds(value.trim()));
        return seconds.max();
    };
    let received_at = response.extensions().get::<ReceivedAt>();
    let now = server_date(response).or(received_at.map(|received_at| received_at.0))?;
    let pause = until.duration_since(now).unwrap_or_default();
    Some(pause.min(MAX_RETRY_AFTER))
}

/// Reads a number of seconds of any length, rounded up.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let has_fraction = fraction.bytes().any(|digit| digit != b'0');
    let seconds = whole.parse().unwrap_or(u64::MAX);
    let seconds = seconds.saturating_add(u64::from(has_fraction));
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

/// Maximum result of [`retry_after`].
const MAX_RETRY_AFTER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Returns whether the service is throttling requests, by the status or the error's name.
#[must_use]
pub fn is_throttled(response: &Response<Vec<u8>>) -> bool {
    !response.status().is_success() && ServiceError::from_response(response).is_throttling()
}

/// Error names that mean throttling, whatever the status: those of botocore, AWS's exception of OIDC,
/// and the code of RFC 8628 §3.5.
const THROTTLING_NAMES: [&str; 16] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "SlowDownException",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "TransactionInProgressException",
    "slow_down",
];

/// Error names and codes that mean a temporary fault, whatever the status: those of botocore, AWS's
/// common errors, and RFC 6749 §4.1.2.1.
const TEMPORARY_NAMES: [&str; 12] = [
    "IDPCommunicationError",
    "IDPCommunicationErrorException",
    "InternalError",
    "InternalFailure",
    "InternalServerException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "TransientException",
    "server_error",
    "temporarily_unavailable",
];

/// Error response of a service. All texts are [sanitized](sso_types::sanitize).
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
    /// Pause that the service requests before the next request: see [`retry_after`].
    pub retry_after: Option<Duration>,
    /// Time of the response by the service's clock.
    pub server_date: Option<SystemTime>,
    /// Request ID, for AWS Support.
    pub request_id: Option<String>,
    /// Setting that contains the endpoint URL, if it is a custom one.
    pub endpoint_setting: Option<String>,
    /// Encoding of a compressed body, which cannot be read.
    pub content_encoding: Option<String>,
}

/// Error body of OAuth (RFC 6749 §5.2), of the `rest-json` protocol, or a mixture of both.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    #[serde(rename = "__type")]
    kind: Text,
    #[serde(rename = "Code")]
    capital_code: Text,
    code: Text,
    error: Text,
    error_description: Text,
    message: Text,
    #[serde(rename = "Message")]
    capital_message: Text,
    reason: Text,
}

/// String; `None` if the JSON value has another type.
#[derive(Default, Deserialize)]
#[serde(from = "serde_json::Value")]
struct Text(Option<String>);

impl From<serde_json::Value> for Text {
    fn from(value: serde_json::Value) -> Self {
        Self(value.as_str().map(ToOwned::to_owned))
    }
}

impl ServiceError {
    /// Reads the error from a response. If the body is not JSON, such as an HTML page, only the
    /// status and the headers are used.
    #[must_use]
    pub fn from_response(response: &Response<Vec<u8>>) -> Self {
        Self::from_response_without(response, &[])
    }

    /// Reads the error like [`from_response`](Self::from_response), and replaces `secrets` in its
    /// texts with `[redacted]`, in the encodings of [`text_without`]. A service may quote the request.
    #[must_use]
    pub fn from_response_without(response: &Response<Vec<u8>>, secrets: &[&str]) -> Self {
        let body = String::from_utf8_lossy(response.body());
        let body: ErrorBody = serde_json::from_str(&body).unwrap_or_default();
        let header = |name| text_without(&raw_header(response, name)?, secrets);
        let shown = |text: Text| text_without(&text.0?, secrets);
        let named = |text: Text| bare_name(&shown(text)?);
        // The order is that of botocore.
        let name = header("x-amzn-errortype")
            .and_then(|name| bare_name(&name))
            .or_else(|| named(body.code))
            .or_else(|| named(body.capital_code))
            .or_else(|| named(body.kind));
        Self {
            status: response.status().as_u16(),
            name,
            code: named(body.error),
            message: shown(body.error_description)
                .or_else(|| shown(body.message))
                .or_else(|| shown(body.capital_message)),
            reason: shown(body.reason),
            retry_after: retry_after(response),
            server_date: server_date(response),
            request_id: REQUEST_ID_HEADERS.iter().find_map(|name| header(name)),
            endpoint_setting: endpoint_setting(response),
            content_encoding: content_encoding(response),
        }
    }

    /// Returns whether the service is throttling requests, by the status or the error's name.
    #[must_use]
    pub fn is_throttling(&self) -> bool {
        self.status == 429 || self.is_named(&THROTTLING_NAMES)
    }

    /// Returns whether the same request may succeed later: the service failed internally, waited too
    /// long for the request (408), or is throttling requests.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.status >= 500
            || self.status == 408
            || self.is_throttling()
            || self.has_temporary_name()
    }

    /// Returns whether the status alone is a reason to retry, as in botocore.
    pub(crate) fn has_retried_status(&self) -> bool {
        matches!(self.status, 500 | 502 | 503 | 504)
    }

    /// Returns whether the name means a temporary fault other than throttling.
    pub(crate) fn has_temporary_name(&self) -> bool {
        self.is_named(&TEMPORARY_NAMES)
    }

    fn is_named(&self, names: &[&str]) -> bool {
        let mut own_names = self.name.iter().chain(&self.code);
        own_names.any(|own_name| names.contains(&own_name.as_str()))
    }
}

/// Shortens `com.amazonaws.sso#NotFoundException:http://…` to `NotFoundException`. Returns `None` for
/// other texts without a name, such as the number of the status.
fn bare_name(name: &str) -> Option<String> {
    let name = name.split(':').next()?;
    let name = name.rsplit('#').next()?.trim();
    let is_name = name.contains(|it: char| !it.is_ascii_digit());
    is_name.then(|| name.to_owned())
}

impl fmt::Display for ServiceError {
    /// Writes the message, the error name or code, the status, and a requested pause. Without a name
    /// and a code, the response may not come from the service; then a custom endpoint URL is named.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().or(self.code.as_ref());
        let origin = origin_note(self.endpoint_setting.as_deref());
        match (&self.message, name) {
            (Some(message), Some(name)) => write!(f, "{message} ({name}, status {})", self.status),
            (Some(message), None) => write!(f, "{message} (status {}{origin})", self.status),
            (None, Some(name)) => write!(f, "{name} (status {})", self.status),
            (None, None) => {
                write!(f, "status {} without an error message{origin}", self.status)?;
                self.content_encoding.as_ref().map_or(Ok(()), |encoding| {
                    write!(f, "; the body is compressed ({encoding})")
                })
            }
        }?;
        match self.retry_after {
            Some(pause) if !pause.is_zero() => write!(f, "; {}", requests_pause(pause)),
            _ => Ok(()),
        }
    }
}

fn requests_pause(pause: Duration) -> String {
    format!("the service requests a pause of {}", at_least(pause))
}

impl Error for ServiceError {}
