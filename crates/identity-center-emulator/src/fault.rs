//! Faults that tests inject.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::operation::Operation;
use crate::response::Response;
use crate::service_error::{ServiceError, StsError};

/// Fault that replaces or changes the correct response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Response with this status and JSON body. A field `__type` becomes the `x-amzn-ErrorType`
    /// header.
    Status(u16, Value),
    /// Response with this status and XML body, the format of STS.
    Xml(u16, String),
    /// HTML sign-in page of a network, such as hotel Wi-Fi, with status 200.
    CaptivePortal,
    /// JSON response with a string of this many bytes.
    Huge(usize),
    /// Redirect (302) to this URL.
    Redirect(String),
    /// Truncated JSON document with status 200.
    InvalidJson,
    /// Response without a body, with status 200.
    Empty,
    /// Response with status 429, and `Retry-After` in whole seconds if a duration is given.
    Throttle(Option<Duration>),
    /// Correct response with a `Date` that is wrong by this many seconds.
    DateSkew(i64),
    /// Correct response with this JSON merge patch (RFC 7386), which removes fields that are
    /// `null`.
    Amend(Value),
    /// Fault that replaces the response after the request takes effect.
    AfterEffect(Box<Fault>),
}

impl Fault {
    /// Returns a fault with an error response of the OIDC service, such as `slow_down` or
    /// `invalid_grant`.
    ///
    /// # Panics
    ///
    /// If the OIDC service does not have this error.
    #[must_use]
    pub fn oidc(error: &str) -> Self {
        Self::from(ServiceError::oidc(error, "injected fault"))
    }

    /// Returns a fault with the error response of the OIDC service for a customer managed KMS key
    /// that cannot be used. `reason` is, for example, `KMS_DisabledException`.
    #[must_use]
    pub fn kms(reason: &str) -> Self {
        let mut error = ServiceError::oidc("access_denied", "the KMS key cannot be used");
        error.body["reason"] = json!(reason);
        Self::from(error)
    }

    /// Returns a fault with an error response of the access portal, such as `ForbiddenException`.
    ///
    /// # Panics
    ///
    /// If the access portal does not have this exception.
    #[must_use]
    pub fn portal(exception: &str) -> Self {
        Self::from(ServiceError::portal(exception, "injected fault"))
    }

    /// Returns a fault with an error response of STS, such as `AccessDenied`.
    ///
    /// # Panics
    ///
    /// If STS does not have this error code.
    #[must_use]
    pub fn sts(code: &str) -> Self {
        let response = Response::from(StsError::new(code, "injected fault"));
        Self::Xml(response.status, response.text())
    }

    pub(crate) fn lets_request_take_effect(&self) -> bool {
        matches!(
            self,
            Self::DateSkew(_) | Self::Amend(_) | Self::AfterEffect(_)
        )
    }

    pub(crate) fn apply(&self, correct: Response) -> Response {
        match self {
            Self::Status(status, body) => status_with(*status, body),
            Self::Xml(status, body) => Response::xml(*status, body),
            Self::CaptivePortal => Response::html(200, CAPTIVE_PORTAL.to_owned()),
            Self::Huge(bytes) => Response::json(&json!({ "padding": "x".repeat(*bytes) })),
            Self::Redirect(url) => Response::redirect(url),
            Self::InvalidJson => Response::json_text(200, "{\"accessToken\": \"aoa"),
            Self::Empty => Response::empty(),
            Self::Throttle(retry_after) => throttled(*retry_after),
            Self::DateSkew(seconds) => correct.with_date_skew(*seconds),
            Self::Amend(fields) => correct.amended(fields),
            Self::AfterEffect(fault) => fault.apply(correct),
        }
    }
}

impl From<ServiceError> for Fault {
    fn from(error: ServiceError) -> Self {
        let mut body = error.body;
        body["__type"] = json!(error.exception);
        Self::Status(error.status, body)
    }
}

const CAPTIVE_PORTAL: &str = "<!doctype html><html><head><title>Welcome to Hotel Wi-Fi</title>\
    </head><body><form action=\"/login\"><input name=\"room\"></form></body></html>";

fn status_with(status: u16, body: &Value) -> Response {
    let mut body = body.clone();
    let exception = body
        .as_object_mut()
        .and_then(|fields| fields.remove("__type"));
    let response = Response::json_text(status, &body.to_string());
    match exception.as_ref().and_then(Value::as_str) {
        Some(exception) => response.with_header("x-amzn-ErrorType", exception),
        None => response,
    }
}

fn throttled(retry_after: Option<Duration>) -> Response {
    let response = Response::from(ServiceError::portal(
        "TooManyRequestsException",
        "slow down",
    ));
    match retry_after {
        Some(duration) => response.with_header("Retry-After", &duration.as_secs().to_string()),
        None => response,
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    next: HashMap<Operation, Vec<Fault>>,
    always: HashMap<Operation, Fault>,
}

impl Faults {
    pub(crate) fn fail_next(&mut self, operation: Operation, fault: Fault) {
        self.next.entry(operation).or_default().push(fault);
    }

    pub(crate) fn fail_always(&mut self, operation: Operation, fault: Fault) {
        self.always.insert(operation, fault);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn take(&mut self, operation: Operation) -> Option<Fault> {
        match self.next.get_mut(&operation) {
            Some(queue) if !queue.is_empty() => Some(queue.remove(0)),
            _ => self.always.get(&operation).cloned(),
        }
    }
}
