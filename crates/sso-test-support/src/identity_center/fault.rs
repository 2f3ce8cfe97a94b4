//! Answers that a healthy service would not give.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, StsRefusal};
use crate::Operation;

/// What goes wrong instead of, or on top of, the right answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This status and JSON body; `x-amzn-ErrorType` is left to the body's `__type`, if any.
    Status(u16, Value),
    /// STS's refusal: a status and an XML body.
    Xml(u16, String),
    /// The page that a hotel's network puts in front of everything: 200 and HTML.
    CaptivePortal,
    /// A JSON answer with a string of so many bytes in it.
    Huge(usize),
    /// 302 to this address.
    Redirect(String),
    /// 200, `application/json`, and half a document.
    InvalidJson,
    /// 200 and no body at all.
    Empty,
    /// 429, with a `Retry-After` in whole seconds where a time is given.
    Throttle(Option<Duration>),
    /// The right answer, from a server whose `Date` is off by so many seconds.
    DateSkew(i64),
    /// The right answer with these fields replaced, and those that are `null` here removed.
    Amend(Value),
    /// The request takes effect, and then something goes wrong with the answer.
    AfterEffect(Box<Fault>),
}

impl Fault {
    /// The OIDC service's refusal with this `error`, as `slow_down` or `invalid_grant`.
    ///
    /// # Panics
    ///
    /// Where the protocol knows no such `error`.
    #[must_use]
    pub fn oidc(error: &str) -> Self {
        Self::from(Refusal::oidc(error, "refused on demand"))
    }

    /// The OIDC service's refusal because of a customer-managed key, with a reason such as
    /// `KMS_DisabledException`.
    #[must_use]
    pub fn kms(reason: &str) -> Self {
        let mut refusal = Refusal::oidc("access_denied", "the key is not usable");
        refusal.body["reason"] = json!(reason);
        Self::from(refusal)
    }

    /// The portal's refusal with this exception, as `ForbiddenException`.
    ///
    /// # Panics
    ///
    /// Where the protocol knows no such exception.
    #[must_use]
    pub fn portal(exception: &str) -> Self {
        Self::from(Refusal::portal(exception, "refused on demand"))
    }

    /// STS's refusal with this code, as `AccessDenied`.
    ///
    /// # Panics
    ///
    /// Where the protocol knows no such code.
    #[must_use]
    pub fn sts(code: &str) -> Self {
        let answer = Answer::from(StsRefusal::new(code, "refused on demand"));
        Self::Xml(answer.status, answer.text())
    }

    pub(crate) fn is_after_effect(&self) -> bool {
        matches!(
            self,
            Self::DateSkew(_) | Self::Amend(_) | Self::AfterEffect(_)
        )
    }

    /// Returns what is answered where `answer` would be right.
    pub(crate) fn spoil(&self, answer: Answer) -> Answer {
        match self {
            Self::Status(status, body) => status_with(*status, body),
            Self::Xml(status, body) => Answer::xml(*status, body),
            Self::CaptivePortal => Answer::html(200, CAPTIVE_PORTAL.to_owned()),
            Self::Huge(bytes) => Answer::json(&json!({ "padding": "x".repeat(*bytes) })),
            Self::Redirect(url) => Answer::redirect(url),
            Self::InvalidJson => Answer::json_text(200, "{\"accessToken\": \"aoa"),
            Self::Empty => Answer::empty(),
            Self::Throttle(retry_after) => throttled(*retry_after),
            Self::DateSkew(seconds) => answer.skewed(*seconds),
            Self::Amend(fields) => answer.amended(fields),
            Self::AfterEffect(fault) => fault.spoil(answer),
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

fn status_with(status: u16, body: &Value) -> Answer {
    let mut body = body.clone();
    let exception = body
        .as_object_mut()
        .and_then(|fields| fields.remove("__type"));
    let answer = Answer::json_text(status, &body.to_string());
    match exception.as_ref().and_then(Value::as_str) {
        Some(exception) => answer.with_header("x-amzn-ErrorType", exception),
        None => answer,
    }
}

fn throttled(retry_after: Option<Duration>) -> Answer {
    let answer = Answer::from(Refusal::portal("TooManyRequestsException", "slow down"));
    match retry_after {
        Some(time) => answer.with_header("Retry-After", &time.as_secs().to_string()),
        None => answer,
    }
}

/// The faults that are waiting for their requests.
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

    /// Returns the fault that a request for `operation` meets, if one does.
    pub(crate) fn take(&mut self, operation: Operation) -> Option<Fault> {
        match self.next.get_mut(&operation) {
            Some(queue) if !queue.is_empty() => Some(queue.remove(0)),
            _ => self.always.get(&operation).cloned(),
        }
    }
}
