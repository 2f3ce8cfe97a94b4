//! XML responses. Elements are found by name alone, because names are unique in a response.

use http::Response;
use roxmltree::{Document, Node};
use sso_transport::{ServiceError, TransportError, text_without};

use crate::error::StsError;

pub(crate) struct Texts<'a>(Document<'a>);

/// Parses `response` and returns the result of `take`. Fails with [`TransportError::NotUnderstood`]
/// if the response is not XML with this root element.
pub(crate) fn read<T>(
    response: &Response<Vec<u8>>,
    root: &str,
    take: impl FnOnce(&Texts<'_>) -> Result<T, StsError>,
) -> Result<T, StsError> {
    let document = parse(response)?;
    if document.root_element().tag_name().name() != root {
        return Err(TransportError::not_understood(response, "is not from STS").into());
    }
    take(&Texts(document))
}

fn parse(response: &Response<Vec<u8>>) -> Result<Document<'_>, TransportError> {
    let not_xml = || TransportError::not_understood(response, "is not XML");
    let text = str::from_utf8(response.body()).map_err(|_| not_xml())?;
    Document::parse(text).map_err(|_| not_xml())
}

impl Texts<'_> {
    /// Returns the text of the first element named `name` in any namespace, unless it is blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let is_named = |node: &Node<'_, '_>| node.tag_name().name() == name;
        let text = self.0.descendants().find(is_named)?.text()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the text of `field` if it can be part of a header, an environment variable and a file.
    pub(crate) fn printable(&self, field: &'static str) -> Result<&str, StsError> {
        let is_printable = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let text = self.get(field).filter(is_printable);
        text.ok_or(StsError::UnexpectedResponse { field })
    }
}

/// Reads the service's error from a response, without the `secrets` of the request. The body need
/// not be XML.
pub(crate) fn service_error(response: &Response<Vec<u8>>, secrets: &[&str]) -> ServiceError {
    let mut error = ServiceError::from_response_without(response, secrets);
    let body = String::from_utf8_lossy(response.body());
    if let Ok(document) = Document::parse(&body) {
        let texts = Texts(document);
        let text = |name| text_without(texts.get(name)?, secrets);
        error.name = text("Code").or(error.name);
        error.message = text("Message").or(error.message);
        error.request_id = text("RequestId").or(error.request_id);
    }
    error
}
