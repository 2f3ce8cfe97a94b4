//! A file without the values that may be secrets, line for line.

use std::ops::Range;

use aws_config_parse::{Document, PropertyRef, SectionRef};

/// Text that replaces a hidden one.
const MASK: &str = "****";

/// Returns the text of `document` with the same lines, reduced to headers, keys, comments and the
/// values of the keys that `shows` accepts. Of a value on several lines only the first is shown.
/// A comment that looks like a key with a value is treated like one.
pub(super) fn masked(document: &Document, shows: fn(&str) -> bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(document.as_bytes());
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for section in document.sections() {
        for shown in shown_parts(&text, section, shows) {
            write_hidden(&mut masked, &text[at..shown.start], shows);
            masked.push_str(&text[shown.clone()]);
            at = shown.end;
        }
    }
    write_hidden(&mut masked, &text[at..], shows);
    masked.into_bytes()
}

/// Returns the header, the keys and the values that are shown, in the order of the file.
fn shown_parts(
    text: &str,
    section: SectionRef<'_>,
    shows: fn(&str) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let properties = section.own_properties();
    let of_property = move |property: PropertyRef<'_>| {
        let (start, value) = (property.key_range().start, property.value_range());
        let length = if shows(&property.key()) {
            first_line(&text[value.clone()]).len()
        } else {
            0
        };
        start..value.start + length
    };
    std::iter::once(section.header_range()).chain(properties.map(of_property))
}

/// Returns the part of a value on the line of its key.
fn first_line(value: &str) -> &str {
    let line = value.split(['\n', '\r']).next();
    line.map_or("", str::trim_end)
}

/// Writes the text between two shown parts: comments as far as they are shown, and masks.
fn write_hidden(masked: &mut String, text: &str, shows: fn(&str) -> bool) {
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let open = if content.starts_with(['#', ';']) {
            shown_of_comment(content, shows)
        } else {
            0
        };
        let indent = line.len() - line.trim_start().len();
        let (start, rest) = line.split_at(indent + open);
        masked.push_str(start);
        write_masked(masked, rest);
    }
}

/// Returns the number of bytes of a comment that are shown.
fn shown_of_comment(comment: &str, shows: fn(&str) -> bool) -> usize {
    let Some(delimiter) = comment.find(['=', ':']) else {
        return comment.len();
    };
    let key = comment[..delimiter].trim_start_matches(['#', ';']).trim();
    if shows(&key.to_lowercase()) {
        comment.len()
    } else {
        delimiter + 1
    }
}

/// Writes a mask instead of the text of a line, and keeps the white space around it.
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
