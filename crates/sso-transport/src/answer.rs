//! What a service answers.

use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use http::Response;
use http::header::DATE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::{TransportError, printable};

/// Returns the body of `answer` as a `T`.
///
/// # Errors
///
/// [`TransportError::NotUnderstood`], which quotes nothing of the body: it may hold secrets.
pub fn read_json<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<T, TransportError> {
    serde_json::from_slice(answer.body()).map_err(|error| {
        let problem = match error.classify() {
            Category::Eof => "ends too early",
            Category::Data => "lacks what the service should say",
            Category::Syntax | Category::Io => "is no JSON",
        };
        TransportError::not_understood(answer, problem)
    })
}

/// Returns the time at which the server says it answered.
#[must_use]
pub fn server_date<B>(answer: &Response<B>) -> Option<SystemTime> {
    httpdate::parse_http_date(answer.headers().get(DATE)?.to_str().ok()?).ok()
}

/// What a service says when it refuses. All text is [`printable`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The name of the error in the service's model, such as `UnauthorizedException`.
    pub name: Option<String>,
    /// The code of OAuth 2.0, such as `slow_down`.
    pub code: Option<String>,
    /// What went wrong, in the service's words.
    pub message: Option<String>,
    /// What is behind it, such as `KMS_DisabledException`.
    pub reason: Option<String>,
    /// The service's clock when it answered.
    pub server_date: Option<SystemTime>,
    /// What the provider's support asks for.
    pub request_id: Option<String>,
}

/// The error bodies of the services: OAuth's (RFC 6749 §5.2), `rest-json`'s, and mixtures.
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

/// A text, or nothing where the JSON has something else.
#[derive(Default, Deserialize)]
#[serde(from = "serde_json::Value")]
struct Text(Option<String>);

impl From<serde_json::Value> for Text {
    fn from(value: serde_json::Value) -> Self {
        let text = value.as_str().map(printable);
        Self(text.filter(|text| !text.is_empty()))
    }
}

impl ServiceError {
    /// Reads what there is to read. Any body will do: an HTML page leaves just the status.
    #[must_use]
    pub fn from_answer(answer: &Response<Vec<u8>>) -> Self {
        let body = String::from_utf8_lossy(answer.body());
        let body: ErrorBody = serde_json::from_str(&body).unwrap_or_default();
        let name = header(answer, "x-amzn-errortype").or(body.kind.0);
        Self {
            status: answer.status().as_u16(),
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
            server_date: server_date(answer),
            request_id: request_id(answer),
        }
    }

    /// Whether the service is in trouble or asks to slow down, so that the same request may
    /// succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.status == 429 || self.status >= 500
    }
}

/// `com.amazonaws.sso#NotFoundException:http://…` is `NotFoundException`.
fn bare_name(name: &str) -> String {
    let name = name.split(':').next().unwrap_or_default();
    name.rsplit('#')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

pub(crate) fn request_id<B>(answer: &Response<B>) -> Option<String> {
    header(answer, "x-amzn-requestid").or_else(|| header(answer, "x-amz-request-id"))
}

pub(crate) fn header<B>(answer: &Response<B>, name: &str) -> Option<String> {
    let value = answer.headers().get(name)?.as_bytes();
    let text = printable(&String::from_utf8_lossy(value));
    (!text.is_empty()).then_some(text)
}

impl fmt::Display for ServiceError {
    /// The service's words, then its name for them and the status.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().or(self.code.as_ref());
        match (&self.message, name) {
            (Some(message), Some(name)) => write!(f, "{message} ({name}, status {})", self.status),
            (Some(message), None) => write!(f, "{message} (status {})", self.status),
            (None, Some(name)) => write!(f, "{name} (status {})", self.status),
            (None, None) => write!(f, "status {} without an explanation", self.status),
        }
    }
}

impl Error for ServiceError {}
