//! Answers in XML: small, flat, every name once.

use http::Response;
use roxmltree::{Document, Node};
use sso_transport::{ServiceError, TransportError, printable};

use crate::StsError;

/// The texts of an answer, by the names of their elements.
pub(crate) struct Texts<'a>(Document<'a>);

/// Hands the texts of `answer` to `take`.
///
/// # Errors
///
/// [`TransportError::NotUnderstood`] where it is no XML, and those of `take`.
pub(crate) fn read<T>(
    answer: &Response<Vec<u8>>,
    take: impl FnOnce(&Texts<'_>) -> Result<T, StsError>,
) -> Result<T, StsError> {
    let not_xml = || TransportError::not_understood(answer, "is no XML");
    let text = str::from_utf8(answer.body()).map_err(|_| not_xml())?;
    let document = Document::parse(text).map_err(|_| not_xml())?;
    if document.root_element().tag_name().name() != "AssumeRoleResponse" {
        return Err(
            TransportError::not_understood(answer, "lacks what the service should say").into(),
        );
    }
    take(&Texts(document))
}

impl Texts<'_> {
    /// Returns the text of the first element of this name, whatever its namespace, if there is
    /// more than space in it.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let is_named = |node: &Node<'_, '_>| node.tag_name().name() == name;
        let text = self.0.descendants().find(is_named)?.text()?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// Returns what the service says when it refuses; any body will do.
pub(crate) fn service_error(answer: &Response<Vec<u8>>) -> ServiceError {
    let mut error = ServiceError::from_answer(answer);
    let body = String::from_utf8_lossy(answer.body());
    if let Ok(document) = Document::parse(&body) {
        let texts = Texts(document);
        let printable = |name| texts.get(name).map(printable);
        error.name = printable("Code").or(error.name);
        error.message = printable("Message").or(error.message);
        error.request_id = printable("RequestId").or(error.request_id);
    }
    error
}
