//! Faults that a test injects.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::operation::Operation;
use crate::refusal::{Refusal, StsRefusal};
use crate::response::Response;

/// A fault that replaces the correct response or changes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// This status and JSON body. A field `__type` becomes the header `x-amzn-ErrorType`.
    Status(u16, Value),
    /// This status and XML body, the format of STS.
    Xml(u16, String),
    /// The sign-in page of a network, such as a hotel's: status 200 and HTML.
    CaptivePortal,
    /// A JSON response with a string of this many bytes.
    Huge(usize),
    /// A redirect (302) to this URL.
    Redirect(String),
    /// Status 200, `application/json`, and a document that is cut off.
    InvalidJson,
    /// Status 200 without a body.
    Empty,
    /// Status 429, with a `Retry-After` in whole seconds if a duration is given.
    Throttle(Option<Duration>),
    /// The correct response with a `Date` that is off by this many seconds.
    DateSkew(i64),
    /// The correct response with these fields replaced; fields that are `null` here are removed.
    Amend(Value),
    /// The request takes effect, and the inner fault replaces its response.
    AfterEffect(Box<Fault>),
}

impl Fault {
    /// Returns the refusal of the OIDC service with this `error`, such as `slow_down` or
    /// `invalid_grant`.
    ///
    /// # Panics
    ///
    /// If the OIDC service has no such `error`.
    #[must_use]
    pub fn oidc(error: &str) -> Self {
        Self::from(Refusal::oidc(error, "refused on demand"))
    }

    /// Returns the refusal of the OIDC service because of a customer managed KMS key, with a
    /// reason such as `KMS_DisabledException`.
    #[must_use]
    pub fn kms(reason: &str) -> Self {
        let mut refusal = Refusal::oidc("access_denied", "the key is not usable");
        refusal.body["reason"] = json!(reason);
        Self::from(refusal)
    }

    /// Returns the refusal of the access portal with this exception, such as
    /// `ForbiddenException`.
    ///
    /// # Panics
    ///
    /// If the access portal has no such exception.
    #[must_use]
    pub fn portal(exception: &str) -> Self {
        Self::from(Refusal::portal(exception, "refused on demand"))
    }

    /// Returns the refusal of STS with this code, such as `AccessDenied`.
    ///
    /// # Panics
    ///
    /// If STS has no such code.
    #[must_use]
    pub fn sts(code: &str) -> Self {
        let response = Response::from(StsRefusal::new(code, "refused on demand"));
        Self::Xml(response.status, response.text())
    }

    /// Returns whether the request takes effect in spite of the fault.
    pub(crate) fn is_after_effect(&self) -> bool {
        matches!(
            self,
            Self::DateSkew(_) | Self::Amend(_) | Self::AfterEffect(_)
        )
    }

    /// Returns the response with this fault; `correct` is the response without it.
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

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let mut body = refusal.body;
        body["__type"] = json!(refusal.exception);
        Self::Status(refusal.status, body)
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
    let response = Response::from(Refusal::portal("TooManyRequestsException", "slow down"));
    match retry_after {
        Some(duration) => response.with_header("Retry-After", &duration.as_secs().to_string()),
        None => response,
    }
}

/// The faults that wait for their requests.
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

    /// Returns the fault for a request for `operation`, if there is one.
    pub(crate) fn take(&mut self, operation: Operation) -> Option<Fault> {
        match self.next.get_mut(&operation) {
            Some(queue) if !queue.is_empty() => Some(queue.remove(0)),
            _ => self.always.get(&operation).cloned(),
        }
    }
}
