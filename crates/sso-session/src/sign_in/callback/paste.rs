use std::fmt;
use std::sync::Arc;

use super::Expected;
use super::authorization_response::parse_query;
use crate::loopback_server::Refusal;

/// Receiver of a redirect URL that the user pastes, for a browser that cannot reach this machine.
/// The sign-in continues as soon as this or the listener receives the response.
#[derive(Clone)]
pub struct PasteBack(Arc<Expected>);

/// Reason why pasted text is not the expected redirect URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasteError {
    /// The text contains neither a code nor an error.
    #[error("this is not the URL that the browser was redirected to")]
    NoCode,
    /// The state belongs to another sign-in.
    #[error("this URL belongs to another sign-in")]
    OtherSignIn,
}

impl PasteBack {
    pub(super) fn new(expected: Arc<Expected>) -> Self {
        Self(expected)
    }

    /// Accepts the redirect URL, or only its query `code=…&state=…`. Ignores white space, because
    /// terminals and mail programs wrap long lines.
    ///
    /// # Errors
    ///
    /// [`PasteError`] if the text is not the expected URL. The sign-in continues to wait.
    pub fn take(&self, text: &str) -> Result<(), PasteError> {
        let text: String = text.split_whitespace().collect();
        let text = text.trim_matches(['"', '\'', '<', '>']);
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        match parse_query(query, &self.0.state) {
            Ok(response) => {
                self.0.take(response);
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

fn is_redirect_query(query: &str) -> bool {
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == name);
    has("state") && (has("code") || has("error"))
}
