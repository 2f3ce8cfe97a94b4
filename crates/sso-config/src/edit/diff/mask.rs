//! Masking of values that may be secrets.

use std::ops::Range;

use aws_config_parse::{Document, PropertyRef, SectionRef};
use sso_types::shown_in_text;

const MASK: &str = "****";

/// Returns the text of `document` with the same lines, masked as in
/// [`Diff::masked`](super::Diff::masked).
pub(super) fn masked(document: &Document, is_shown: fn(&str) -> bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(document.as_bytes());
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for section in document.sections() {
        for shown in shown_parts(&text, section, is_shown) {
            write_hidden(&mut masked, &text[at..shown.start], is_shown);
            masked.push_str(&text[shown.clone()]);
            at = shown.end;
        }
    }
    write_hidden(&mut masked, &text[at..], is_shown);
    masked.into_bytes()
}

/// Returns the ranges of the header, and of the keys with their shown values, in file order.
fn shown_parts(
    text: &str,
    section: SectionRef<'_>,
    is_shown: fn(&str) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let properties = section.own_properties();
    let of_property = move |property: PropertyRef<'_>| {
        let (start, value) = (property.key_range().start, property.value_range());
        let length = if is_shown(&property.key()) {
            shown_length(first_line(&text[value.clone()]))
        } else {
            0
        };
        start..value.start + length
    };
    std::iter::once(section.header_range()).chain(properties.map(of_property))
}

fn first_line(value: &str) -> &str {
    let line = value.split(['\n', '\r']).next();
    line.map_or("", str::trim_end)
}

/// Returns the length of the start of a value before its first secret: see [`shown_in_text`].
fn shown_length(value: &str) -> usize {
    let shown = shown_in_text(value);
    let mut pairs = value.char_indices().zip(shown.chars());
    let first_secret = pairs.find(|((_, one), other)| one != other);
    first_secret.map_or(value.len(), |((at, _), _)| at)
}

/// Writes the text between two shown parts: comments up to a value that is not shown, and masks.
fn write_hidden(masked: &mut String, text: &str, is_shown: fn(&str) -> bool) {
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let visible = if content.starts_with(['#', ';']) {
            visible_length(content, is_shown)
        } else {
            0
        };
        let indent = line.len() - line.trim_start().len();
        let (start, rest) = line.split_at(indent + visible);
        masked.push_str(start);
        write_masked(masked, rest);
    }
}

fn visible_length(comment: &str, is_shown: fn(&str) -> bool) -> usize {
    let Some(delimiter) = comment.find(['=', ':']) else {
        return comment.len();
    };
    let key = comment[..delimiter].trim_start_matches(['#', ';']).trim();
    if is_shown(&key.to_lowercase()) {
        shown_length(comment)
    } else {
        delimiter + 1
    }
}

fn write_masked(masked: &mut String, line: &str) {
    let content = line.trim();
    if content.is_empty() {
        masked.push_str(line);
        return;
    }
    let start = line.len() - line.trim_start().len();
    masked.push_str(&line[..start]);
    masked.push_str(MASK);
    masked.push_str(&line[start + content.len()..]);
}
