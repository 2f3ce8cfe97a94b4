//! Texts in the form of tokens and secret access keys.

use std::ops::Range;

/// Start of each JSON Web Token: `{"` in Base64.
const WEB_TOKEN: &str = "eyJ";

/// Minimum length of a JSON Web Token.
const MIN_WEB_TOKEN: usize = 30;

/// Length of a secret access key.
const SECRET_ACCESS_KEY: usize = 40;

/// Minimum length of session tokens and access tokens.
const MIN_TOKEN: usize = 100;

/// Minimum number of changes between lower case, upper case, digits and other characters per 40 characters of
/// random text. Random Base64 has 25 on average, with a standard deviation of 3, and names in camel case have
/// fewer than 17.
const MIN_CHANGES: usize = 19;

/// Returns the ranges of the tokens in a text, with the padding after them.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    if text.len() < MIN_WEB_TOKEN {
        return Vec::new();
    }
    let web_tokens = runs(text, "-_.").filter(|(_, run)| is_web_token(run));
    let is_secret = |run: &str| is_secret_access_key(run) || is_long_token(run);
    let others = runs(text, "+/-_.").filter(|(_, run)| is_secret(run));
    // The two parts of an access token have a colon between them.
    let with_colons = runs(text, "+/-_.:").filter(|(_, run)| is_long_token(run));
    let all = web_tokens.chain(others).chain(with_colons);
    all.map(|(start, run)| {
        let rest = &text[start + run.len()..];
        let padding = rest.len() - rest.trim_start_matches('=').len();
        start..start + run.len() + padding
    })
    .collect()
}

/// Returns the longest parts of a text that consist of letters, digits and `others`, and their positions.
/// Full stops and colons at their ends belong to the text around them.
fn runs<'t>(text: &'t str, others: &'static str) -> impl Iterator<Item = (usize, &'t str)> {
    let is_delimiter = move |c: char| !c.is_ascii_alphanumeric() && !others.contains(c);
    let mut end = 0;
    text.split_inclusive(is_delimiter).map(move |part| {
        let start = end;
        end += part.len();
        let run = part.trim_end_matches(is_delimiter);
        let trimmed = run.trim_start_matches(['.', ':']);
        let start = start + run.len() - trimmed.len();
        (start, trimmed.trim_end_matches(['.', ':']))
    })
}

/// Returns whether a text has the three parts of a JSON Web Token (RFC 7519 §3), or the first two.
fn is_web_token(run: &str) -> bool {
    let is_start = run.starts_with(WEB_TOKEN) && run.len() >= MIN_WEB_TOKEN;
    is_start
        && match run.split_once('.') {
            Some((_, rest)) => rest.contains('.') || rest.starts_with(WEB_TOKEN),
            None => false,
        }
}

fn is_secret_access_key(run: &str) -> bool {
    run.len() == SECRET_ACCESS_KEY && !run.contains(['-', '_', '.']) && is_random(run)
}

fn is_long_token(run: &str) -> bool {
    run.len() >= MIN_TOKEN && !run.contains("//") && is_random(run)
}

/// Returns whether a text looks random. Hashes in hexadecimal form lack upper or lower case. Paths have short
/// names between slashes, which are 1 of 64 characters in Base64.
fn is_random(run: &str) -> bool {
    let bytes = run.as_bytes();
    let has = |is_of_class: fn(&u8) -> bool| bytes.iter().any(is_of_class);
    let changes = bytes
        .windows(2)
        .filter(|pair| class(pair[0]) != class(pair[1]));
    let slashes = bytes.iter().filter(|byte| **byte == b'/');
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && changes.count() * SECRET_ACCESS_KEY >= MIN_CHANGES * bytes.len()
        && slashes.count() * 8 <= bytes.len()
}

#[derive(PartialEq, Eq)]
enum Class {
    Upper,
    Lower,
    Digit,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'A'..=b'Z' => Class::Upper,
        b'a'..=b'z' => Class::Lower,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}
