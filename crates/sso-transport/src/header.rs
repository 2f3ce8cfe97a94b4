//! Response headers, sanitized for display.

use http::Response;
use sso_types::sanitize;

pub(crate) fn request_id<B>(response: &Response<B>) -> Option<String> {
    header(response, "x-amzn-requestid").or_else(|| header(response, "x-amz-request-id"))
}

/// Returns a header as one line without control characters; `None` if it is missing or empty.
pub(crate) fn header<B>(response: &Response<B>, name: &str) -> Option<String> {
    let value = response.headers().get(name)?.as_bytes();
    let text = sanitize(&String::from_utf8_lossy(value));
    (!text.is_empty()).then_some(text)
}
