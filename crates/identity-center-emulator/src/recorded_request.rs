//! Record of a request.

use std::collections::BTreeMap;

use serde_json::Value;
use wiremock::Request;

use crate::operation::Operation;

/// Request as the emulator received it, with the status of the response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The requested operation.
    pub operation: Operation,
    /// The method, such as `POST`.
    pub method: String,
    /// The path and the query, as sent.
    pub target: String,
    /// The headers, with names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
    /// The status of the response.
    pub status: u16,
}

impl RecordedRequest {
    pub(crate) fn new(operation: Operation, request: &Request, status: u16) -> Self {
        let query = request.url.query().map(|query| format!("?{query}"));
        Self {
            operation,
            method: request.method.to_string(),
            target: format!("{}{}", request.url.path(), query.unwrap_or_default()),
            headers: request.headers.iter().map(header_text).collect(),
            body: request.body.clone(),
            status,
        }
    }

    /// Returns the parameters of a form body, such as that of `AssumeRole`.
    #[must_use]
    pub fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Returns the body as JSON, or `null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn header_text<N: ToString, V: AsRef<[u8]>>((name, value): (N, V)) -> (String, String) {
    let value = String::from_utf8_lossy(value.as_ref()).into_owned();
    (name.to_string(), value)
}
