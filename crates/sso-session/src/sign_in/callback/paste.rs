use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use sso_types::is_hidden;

use super::authorization_response::{AuthorizationResponse, parse_query};
use super::{CALLBACK_PATH, Expected};
use crate::loopback_server::Refusal;

/// Maximum number of lines of a URL in a text with other lines.
const MAX_LINES: usize = 60;

/// Quotes, brackets and punctuation around a URL in a text. No value of a redirect URL begins or
/// ends with them.
const AROUND_URL: &[char] = &[
    '"', '\'', '`', '<', '>', '(', ')', '[', ']', '{', '}', '*', '|', '.', ',', ';', ':', '!', '?',
    '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201e}', '\u{ab}', '\u{bb}',
    '\u{2039}', '\u{203a}', '\u{2026}', '\u{3001}', '\u{3002}', '\u{300c}', '\u{300d}', '\u{ff08}',
    '\u{ff09}', '\u{ff0c}', '\u{ff0e}', '\u{ff01}', '\u{ff1f}',
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
    /// Cancels the sign-in, unless it has already received a response.
    pub fn cancel(&self) {
        self.0.take(AuthorizationResponse::Cancelled);
    }

    pub(super) fn new(expected: Arc<Expected>) -> Self {
        Self(expected)
    }

    /// Accepts a text that contains the redirect URL, or only its query `code=…&state=…`. Ignores
    /// line breaks and other white space in it, because terminals and mail programs wrap long lines,
    /// the escapes of shells, HTML and quoted-printable text, and quotes, punctuation and control
    /// sequences around it, such as those of a bracketed paste.
    ///
    /// # Errors
    ///
    /// [`PasteError`] if the text does not contain the expected URL. The sign-in continues to wait.
    pub fn take(&self, text: &str) -> Result<(), PasteError> {
        let text = pasted_text(text);
        let mut error = PasteError::NoCode;
        for reading in readings(&text) {
            match self.find(&reading) {
                Ok(response) => {
                    self.0.take(response);
                    return Ok(());
                }
                Err(PasteError::OtherSignIn) => error = PasteError::OtherSignIn,
                Err(PasteError::NoCode) => {}
            }
        }
        Err(error)
    }

    /// Returns the response in the shortest part of the text that contains the expected URL.
    fn find(&self, text: &str) -> Result<AuthorizationResponse, PasteError> {
        let lines: Vec<_> = text.lines().filter_map(Line::new).collect();
        let mut error = PasteError::NoCode;
        for candidate in candidates(&lines) {
            let query = query_of(&candidate.url);
            match parse_query(query, &self.0.state) {
                Ok(response) => {
                    let complete = candidate.completed(&lines);
                    let response =
                        parse_query(query_of(&complete), &self.0.state).unwrap_or(response);
                    return Ok(response);
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

/// Returns the text without escape sequences, escapes and invisible characters, and with the line
/// breaks of all systems as `\n`.
fn pasted_text(text: &str) -> String {
    let text = without_escape_sequences(text).replace("\r\n", "\n");
    let visible = text.chars().filter_map(|character| match character {
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\n' | '\t' => Some(character),
        character => (!is_hidden(character)).then_some(character),
    });
    without_escapes(&visible.collect::<String>())
}

/// Removes control sequences (ECMA-48 §5.4), such as the markers of a bracketed paste: `ESC [ 200 ~` and
/// `ESC [ 201 ~`, or with the 8-bit `CSI`.
fn without_escape_sequences(text: &str) -> String {
    let text = text.replace('\u{9b}', "\u{1b}[");
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default();
    let is_final = |character: char| ('@'..='~').contains(&character);
    let others = parts.map(|part| part.split_once(is_final).map_or("", |(_, rest)| rest));
    std::iter::once(first).chain(others).collect()
}

/// Replaces the ampersands of HTML and JSON, and removes the backslashes and carets with which shells
/// escape special characters. No URL contains them.
fn without_escapes(text: &str) -> String {
    let text = ["&amp;", "&AMP;", "&#38;", "&#x26;", "\\u0026"]
        .iter()
        .fold(text.to_owned(), |text, escaped| text.replace(escaped, "&"));
    text.replace("\\u003d", "=").replace(['\\', '^'], "")
}

/// Returns the possible meanings of a text: quoted-printable (RFC 2045 §6.7), also without `=3D`, and
/// plain. A plain URL whose line ends with `=` has no code or no state as quoted-printable text.
fn readings(text: &str) -> impl Iterator<Item = String> {
    let joined = without_soft_breaks(text);
    let decoded = joined
        .contains("state=3D")
        .then(|| joined.replace("=3D", "="));
    [Some(joined), decoded, Some(text.to_owned())]
        .into_iter()
        .flatten()
}

/// Joins the lines that end with `=`, a soft line break, with the next ones.
fn without_soft_breaks(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = without_marks(line).trim_end();
        line.strip_suffix('=')
            .map_or_else(|| format!("{line}\n"), str::to_owned)
    });
    lines.collect()
}

/// Line that is not empty, without the marks of a quotation in an e-mail.
struct Line<'a> {
    text: &'a str,
    /// Text without white space.
    dense: String,
}

impl<'a> Line<'a> {
    fn new(line: &'a str) -> Option<Self> {
        let text = without_marks(line).trim_end();
        let dense = text.split_whitespace().collect();
        (!text.is_empty()).then_some(Self { text, dense })
    }

    /// Returns whether this line may begin with the rest of a value.
    fn begins_with_value(&self) -> bool {
        let is_of_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%+/=".contains(&byte);
        let value = self.text.split(['&', '#']).next().unwrap_or_default();
        !value.is_empty() && value.bytes().all(is_of_value)
    }

    /// Returns whether this line is a word of a language, such as a greeting, or has no letters and
    /// digits, and so is not random text.
    fn is_word(&self) -> bool {
        let word = self.text.trim_matches(AROUND_URL);
        let is_in_case = |is_case: fn(&char) -> bool| word.chars().skip(1).all(|it| is_case(&it));
        !word.contains(char::is_alphanumeric)
            || word.starts_with(char::is_alphabetic)
                && (is_in_case(|it| it.is_lowercase()) || is_in_case(|it| it.is_uppercase()))
    }
}

/// Removes the marks of a quotation in an e-mail, and white space.
fn without_marks(line: &str) -> &str {
    line.trim_start_matches(|character: char| character == '>' || character.is_whitespace())
}

/// Possible URL.
struct Candidate {
    url: String,
    /// Lines of the URL.
    lines: Range<usize>,
    /// False if other text follows in the last line.
    is_to_line_end: bool,
}

impl Candidate {
    /// Returns the URL with the lines that continue its last value.
    fn completed(self, lines: &[Line<'_>]) -> String {
        let mut url = self.url;
        let mut end = self.lines.end;
        while self.is_to_line_end
            && is_continued(&url, &lines[self.lines.start..end], lines.get(end))
        {
            url.push_str(&lines[end].dense);
            end += 1;
        }
        url
    }
}

/// Returns whether `next` continues the last value of a URL. The complete state is not continued. Nor is
/// a URL that ends with punctuation, or before the width to which its lines are wrapped.
fn is_continued(url: &str, lines: &[Line<'_>], next: Option<&Line<'_>>) -> bool {
    let query = query_of(url);
    let last = query.rsplit('&').next().unwrap_or_default();
    if last.starts_with("state=") || !url.ends_with(query) {
        return false;
    }
    let continues = |next: &Line<'_>| match lines.split_last() {
        Some((last, others)) if !others.is_empty() => {
            let width = others.iter().map(|line| line.dense.len()).max();
            Some(last.dense.len()) >= width
        }
        _ => !next.is_word(),
    };
    next.is_some_and(|next| next.begins_with_value() && continues(next))
}

/// Returns the possible URLs in a text, the shortest first: each word, and each sequence of lines.
fn candidates(lines: &[Line<'_>]) -> impl Iterator<Item = Candidate> {
    let words = (0..lines.len()).flat_map(|index| {
        let line = lines[index].text;
        line.split_whitespace().map(move |word| Candidate {
            url: word.to_owned(),
            lines: index..index + 1,
            is_to_line_end: line.ends_with(word),
        })
    });
    let all = Some(lines.len()).filter(|count| *count > MAX_LINES);
    let lengths = (1..=lines.len().min(MAX_LINES)).chain(all);
    let sequences = lengths.flat_map(move |length| {
        let starts = 0..=lines.len() - length;
        starts.map(move |start| Candidate {
            url: joined(&lines[start..start + length]),
            lines: start..start + length,
            is_to_line_end: true,
        })
    });
    let has_state = |candidate: &Candidate| candidate.url.contains("state=");
    words.chain(sequences).filter(has_state)
}

fn joined(lines: &[Line<'_>]) -> String {
    lines.iter().map(|line| line.dense.as_str()).collect()
}

/// Returns the query without quotes, brackets and punctuation around it, and without a fragment.
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
