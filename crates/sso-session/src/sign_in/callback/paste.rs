use std::fmt;
use std::sync::Arc;

use sso_types::is_hidden;

use super::authorization_response::parse_query;
use super::{CALLBACK_PATH, Expected};
use crate::loopback_server::Refusal;

/// Maximum number of lines of a URL in a text with other lines.
const MAX_LINES: usize = 60;

/// Quotes and brackets around a URL in a text.
const AROUND_URL: [char; 13] = [
    '"', '\'', '`', '<', '>', '(', ')', '[', ']', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}',
];

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

    /// Accepts a text that contains the redirect URL, or only its query `code=…&state=…`. Ignores
    /// line breaks and other white space in it, because terminals and mail programs wrap long lines,
    /// and quotes and control sequences around it, such as those of a bracketed paste.
    ///
    /// # Errors
    ///
    /// [`PasteError`] if the text does not contain the expected URL. The sign-in continues to wait.
    pub fn take(&self, text: &str) -> Result<(), PasteError> {
        let text = pasted_text(text);
        let mut error = PasteError::NoCode;
        for candidate in candidates(&text) {
            let query = query_of(&candidate);
            match parse_query(query, &self.0.state) {
                Ok(response) => {
                    self.0.take(response);
                    return Ok(());
                }
                Err(Refusal::NotFound) if is_redirect_query(query) => {
                    error = PasteError::OtherSignIn;
                }
                Err(_) => {}
            }
        }
        Err(error)
    }
}

impl fmt::Debug for PasteBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasteBack").finish_non_exhaustive()
    }
}

/// Returns the text without escape sequences and invisible characters, and with the line breaks of
/// all systems as `\n`.
fn pasted_text(text: &str) -> String {
    let text = without_escape_sequences(text);
    let visible = text.chars().filter_map(|character| match character {
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\n' | '\t' => Some(character),
        character => (!is_hidden(character)).then_some(character),
    });
    visible.collect()
}

/// Removes control sequences (ECMA-48 §5.4), such as the markers of a bracketed paste: `ESC [ 200 ~` and
/// `ESC [ 201 ~`.
fn without_escape_sequences(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default();
    let is_final = |character: char| ('@'..='~').contains(&character);
    let others = parts.map(|part| part.split_once(is_final).map_or("", |(_, rest)| rest));
    std::iter::once(first).chain(others).collect()
}

/// Returns the possible URLs in a text: each sequence of lines, the longest first, and each word.
fn candidates(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().map(without_white_space);
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let all = Some(lines.len()).filter(|count| *count > MAX_LINES);
    let lengths = all
        .into_iter()
        .chain((1..=lines.len().min(MAX_LINES)).rev());
    let sequences = lengths.flat_map(move |length| {
        let sequences = lines.windows(length).map(<[String]>::concat);
        sequences.collect::<Vec<_>>()
    });
    let words = text.split_whitespace().map(str::to_owned);
    let has_state = |candidate: &String| candidate.contains("state=");
    sequences.chain(words).filter(has_state)
}

/// Removes white space, and the marks of a quotation in an e-mail.
fn without_white_space(line: &str) -> String {
    let is_mark = |character: char| character == '>' || character.is_whitespace();
    line.trim_start_matches(is_mark)
        .split_whitespace()
        .collect()
}

/// Returns the query without quotes and brackets around it, and without a fragment.
fn query_of(url: &str) -> &str {
    let url = url.trim_matches(AROUND_URL);
    let query = url
        .rsplit_once(CALLBACK_PATH)
        .and_then(|(_, query)| query.strip_prefix('?'))
        .or_else(|| url.split_once('?').map(|(_, query)| query))
        .unwrap_or(url);
    let query = query.split('#').next().unwrap_or_default();
    query.trim_matches(AROUND_URL)
}

fn is_redirect_query(query: &str) -> bool {
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == name);
    has("state") && (has("code") || has("error"))
}
