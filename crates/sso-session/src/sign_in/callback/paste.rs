//! The answer as a person brings it, where the browser cannot: the address that it ended on.

use std::fmt;
use std::sync::Arc;

use super::Expected;
use super::authorization_response::parse_query;
use crate::loopback_server::Refusal;

/// Takes the address that the browser ended on from a person. The wait that it belongs to goes on
/// until this or the listener has the answer.
#[derive(Clone)]
pub struct PasteBack(Arc<Expected>);

/// Why a text is not the answer that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasteError {
    /// There is no code and no error in it.
    #[error("that is not the address that the browser ended on")]
    NoCode,
    /// Its state is not ours.
    #[error("that address is the end of another sign-in")]
    OtherSignIn,
}

impl PasteBack {
    pub(super) fn new(expected: Arc<Expected>) -> Self {
        Self(expected)
    }

    /// Takes `text`: the address, or only its `code=…&state=…` part. White space in it means
    /// nothing: terminals and mail programs break long lines.
    ///
    /// # Errors
    ///
    /// A [`PasteError`] where it is no answer, or that to another request; the wait goes on.
    pub fn take(&self, text: &str) -> Result<(), PasteError> {
        let text: String = text.split_whitespace().collect();
        let text = text.trim_matches(['"', '\'', '<', '>']);
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        match parse_query(query, &self.0.state) {
            Ok(response) => {
                self.0.take(response, None);
                Ok(())
            }
            Err(Refusal::NotFound) if is_redirect_query(query) => Err(PasteError::OtherSignIn),
            Err(_) => Err(PasteError::NoCode),
        }
    }
}

impl fmt::Debug for PasteBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasteBack").finish_non_exhaustive()
    }
}

/// Whether it is the answer to some request.
fn is_redirect_query(query: &str) -> bool {
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == name);
    has("state") && (has("code") || has("error"))
}
