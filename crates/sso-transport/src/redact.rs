//! Removal of secrets from the texts of a service.
//!
//! A service may quote the request, as it was sent or in an encoding of its own. A secret is found if
//! each of its bytes is written as it is, percent-encoded (also more than once, and with `+` for a space),
//! as a JSON escape, or as a numeric character reference of HTML, and within Base64. Other encodings, and
//! a part of a secret, are not found.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sso_types::sanitize;

const REDACTED: &[u8] = b"[redacted]";

/// Minimum length of the Base64 of a secret. Less text occurs by chance.
const MIN_BASE64_CHARS: usize = 6;

/// Returns a text of a service, [sanitized](sanitize), with `[redacted]` for each of `secrets`, in plain
/// text, percent-encoded, with the escapes of JSON, or in Base64; `None` if it is empty.
#[must_use]
pub fn text_without(text: &str, secrets: &[&str]) -> Option<String> {
    let mut needles: Vec<Vec<u8>> = secrets.iter().flat_map(|it| forms(it)).collect();
    // A secret may be a part of another one.
    needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    let without = |text: Vec<u8>, needle: &Vec<u8>| replaced(&text, needle);
    let text = needles.iter().fold(text.as_bytes().to_vec(), without);
    Some(sanitize(&String::from_utf8_lossy(&text))).filter(|text| !text.is_empty())
}

/// Returns the secret, and its Base64 at each position within a longer text.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    if secret.is_empty() {
        return Vec::new();
    }
    let encoded = (0..3).flat_map(|offset| base64_forms(secret, offset));
    let encoded = encoded.filter(|it| it.len() >= MIN_BASE64_CHARS);
    let mut forms: Vec<_> = encoded.collect();
    forms.push(secret.as_bytes().to_vec());
    forms.dedup();
    forms
}

/// Returns the characters of both alphabets that depend only on `secret`, after `offset` other bytes.
fn base64_forms(secret: &str, offset: usize) -> [Vec<u8>; 2] {
    let bytes = [&[0; 2][..offset], secret.as_bytes()].concat();
    // A character has 6 bits. The first ones contain bits of the other bytes, and the last one may
    // contain bits of the next byte.
    let (start, end) = ((offset * 8).div_ceil(6), bytes.len() * 8 / 6);
    let known = |text: String| text.as_bytes().get(start..end).unwrap_or_default().to_vec();
    [
        known(STANDARD_NO_PAD.encode(&bytes)),
        known(URL_SAFE_NO_PAD.encode(&bytes)),
    ]
}

fn replaced(text: &[u8], needle: &[u8]) -> Vec<u8> {
    let (mut result, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        if let Some(end) = end_of_match(text, at, needle) {
            result.extend(REDACTED);
            at = end;
        } else {
            result.push(*byte);
            at += 1;
        }
    }
    result
}

/// Returns the end of `needle` in `text` at `start`, with any of the encodings for each byte.
fn end_of_match(text: &[u8], start: usize, needle: &[u8]) -> Option<usize> {
    // A text can have several readings: `%252F` is `%2F` or `/`.
    let mut ends = vec![start];
    for byte in needle {
        let next = ends.iter().flat_map(|at| ends_of_byte(text, *at, *byte));
        let mut next: Vec<_> = next.collect();
        next.sort_unstable();
        next.dedup();
        if next.is_empty() {
            return None;
        }
        ends = next;
    }
    ends.pop()
}

/// Returns the ends of the encodings of `byte` at `start`.
fn ends_of_byte(text: &[u8], start: usize, byte: u8) -> impl Iterator<Item = usize> {
    let rest = text.get(start..).unwrap_or_default();
    let lengths = [
        literal(rest, byte),
        percent_encoded(rest, byte),
        escaped(rest, byte),
        character_reference(rest, byte),
    ];
    lengths.into_iter().flatten().map(move |it| start + it)
}

fn literal(rest: &[u8], byte: u8) -> Option<usize> {
    let first = *rest.first()?;
    (first == byte || (first == b'+' && byte == b' ')).then_some(1)
}

/// Reads `%2F`, and `%252F` and so on, which was encoded more than once.
fn percent_encoded(rest: &[u8], byte: u8) -> Option<usize> {
    let mut digits = rest.strip_prefix(b"%")?;
    loop {
        if hex(digits.get(..2)?)? == u32::from(byte) {
            return Some(rest.len() - digits.len() + 2);
        }
        digits = digits.strip_prefix(b"25")?;
    }
}

/// Reads `\/` and `\u002f`, with any number of backslashes.
fn escaped(rest: &[u8], byte: u8) -> Option<usize> {
    let backslashes = rest.iter().take_while(|it| **it == b'\\').count();
    let after = rest.get(backslashes..)?;
    let code = || hex(after.strip_prefix(b"u")?.get(..4)?);
    let length = if backslashes == 0 {
        return None;
    } else if byte == b'\\' && backslashes > 1 {
        return Some(2);
    } else if after.first() == Some(&byte) {
        1
    } else if code() == Some(u32::from(byte)) {
        5
    } else {
        return None;
    };
    Some(backslashes + length)
}

/// Reads `&#47;` and `&#x2F;`.
fn character_reference(rest: &[u8], byte: u8) -> Option<usize> {
    let number = rest.strip_prefix(b"&#")?;
    let length = number.iter().take(8).position(|it| *it == b';')?;
    let number = number.get(..length)?;
    let code = match number.strip_prefix(b"x").or(number.strip_prefix(b"X")) {
        Some(digits) => hex(digits)?,
        None => str::from_utf8(number).ok()?.parse().ok()?,
    };
    (code == u32::from(byte)).then_some(length + 3)
}

fn hex(digits: &[u8]) -> Option<u32> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(digits, 16).ok()
}
