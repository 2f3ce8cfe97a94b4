//! Masking of secrets in texts for the user.

mod token;
mod url;

use std::borrow::Cow;
use std::ops::Range;

use self::url::Query;

/// Text in place of a secret.
const MASK: &str = "****";

/// Returns a text with `****` in place of the secrets that can be recognised. Use this for texts that may
/// contain values of settings, such as an error message.
///
/// Masks the user name and the password of a URL with `://`, its query, and its fragment if that contains a
/// secret. Masks texts in the form of a secret access key, a JSON Web Token or another long token. A name
/// cannot be distinguished from a password: other texts are unchanged.
///
/// ```
/// use sso_types::shown_in_text;
///
/// let text = "cannot read certificates from https://me:secret@example.com: no such file";
/// let expected = "cannot read certificates from https://****@example.com: no such file";
/// assert_eq!(shown_in_text(text), expected);
/// assert_eq!(shown_in_text("https://example.com/start?token=secret"), "https://example.com/start?****");
/// assert_eq!(shown_in_text("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln"), "****");
/// assert_eq!(shown_in_text("https://example.com/@team/start#/"), "https://example.com/@team/start#/");
/// assert_eq!(shown_in_text("prod:admin@example"), "prod:admin@example");
/// ```
#[must_use]
pub fn shown_in_text(text: &str) -> Cow<'_, str> {
    masked(text, &secret_ranges(text))
}

/// Returns the byte ranges that [`shown_in_text`] masks, in the order of the text. They do not overlap.
///
/// ```
/// let text = "https://me:secret@example.com";
/// assert_eq!(sso_types::secret_ranges(text), [8..17]);
/// ```
#[must_use]
pub fn secret_ranges(text: &str) -> Vec<Range<usize>> {
    in_lines(text, Query::Secret)
}

/// Returns a log message like [`shown_in_text`]. In the query of a URL, it masks only the values of parameters
/// whose name or value has the form of a secret, because the requests of the programs have parameters such as
/// `account_id`.
///
/// ```
/// use sso_types::shown_in_log;
///
/// let text = "GET https://example.com/?account_id=1&token=secret";
/// assert_eq!(shown_in_log(text), "GET https://example.com/?account_id=1&token=****");
/// ```
#[must_use]
pub fn shown_in_log(text: &str) -> Cow<'_, str> {
    masked(text, &in_lines(text, Query::Parameters))
}

/// Returns a URL like [`shown_in_text`], also if it lacks the scheme. Its query and its fragment may contain
/// any character.
pub(crate) fn shown_url(url: &str) -> Cow<'_, str> {
    let tokens = token::secrets(url);
    masked(url, &merged([url::secrets_of(url), tokens].concat()))
}

fn in_lines(text: &str, query: Query) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let in_line = [url::secrets(line, query), token::secrets(line)].concat();
        secrets.extend(in_line.iter().map(|it| start + it.start..start + it.end));
        start += line.len();
    }
    merged(secrets)
}

/// Sorts the ranges, and merges those that touch each other.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn masked<'t>(text: &'t str, secrets: &[Range<usize>]) -> Cow<'t, str> {
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for secret in secrets {
        masked.push_str(&text[at..secret.start]);
        masked.push_str(MASK);
        at = secret.end;
    }
    masked.push_str(&text[at..]);
    masked.into()
}
