//! Response headers, sanitized for display.

use http::Response;
use http::header::CONTENT_ENCODING;
use sso_types::sanitize;

pub(crate) const REQUEST_ID_HEADERS: [&str; 2] = ["x-amzn-requestid", "x-amz-request-id"];

pub(crate) fn request_id<B>(response: &Response<B>) -> Option<String> {
    let mut names = REQUEST_ID_HEADERS.iter();
    names.find_map(|name| header(response, name))
}

/// Returns the encoding of a compressed body, by its header or its first bytes. No request allows a
/// compressed response, but a proxy or a captive portal may send one.
pub(crate) fn content_encoding(response: &Response<Vec<u8>>) -> Option<String> {
    if response.body().is_empty() {
        return None;
    }
    let named = header(response, CONTENT_ENCODING.as_str());
    let named = named.filter(|name| !name.eq_ignore_ascii_case("identity"));
    named.or_else(|| {
        let is_gzip = response.body().starts_with(&[0x1f, 0x8b]);
        is_gzip.then(|| "gzip".to_owned())
    })
}

/// Returns a header as one line without control characters; `None` if it is missing or empty.
pub(crate) fn header<B>(response: &Response<B>, name: &str) -> Option<String> {
    let text = sanitize(&raw_header(response, name)?);
    (!text.is_empty()).then_some(text)
}

/// Returns a header, unchanged; `None` if it is missing.
pub(crate) fn raw_header<B>(response: &Response<B>, name: &str) -> Option<String> {
    let value = response.headers().get(name)?.as_bytes();
    Some(String::from_utf8_lossy(value).into_owned())
}
