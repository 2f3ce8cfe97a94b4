//! A file without what may be a secret, line for line.

use std::ops::Range;

use crate::Document;
use crate::line::{is_comment, is_white, trim};
use crate::property::lower;

/// What stands for something that is not shown.
const MASK: &str = "****";

/// Returns the text of `document` with as many lines, in which only headers, keys, comments and
/// the values of those keys stand that `shows`, of these the line of the key. A comment that looks
/// like a key with a value is treated like one.
pub(super) fn masked(document: &Document, shows: fn(&str) -> bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(document.as_bytes());
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for shown in shown_parts(document, shows) {
        write_hidden(&mut masked, &text[at..shown.start], shows);
        masked.push_str(&text[shown.clone()]);
        at = shown.end;
    }
    write_hidden(&mut masked, &text[at..], shows);
    masked.into_bytes()
}

/// Returns the headers, keys and values that are shown, in the order of the file.
fn shown_parts(document: &Document, shows: fn(&str) -> bool) -> Vec<Range<usize>> {
    let sections = document.reading().sections.iter();
    let headers = sections.map(|section| {
        let header = section.header.range();
        header.start - 1..header.end + 1
    });
    let properties = document.own_properties().map(|property| {
        let (key, value) = (property.property().key, property.property().value);
        let (start, value) = (key.range().start, value.range());
        if shows(&property.key()) {
            start..value.start + property.first_line().len()
        } else {
            start..value.start
        }
    });
    let mut parts: Vec<_> = headers.chain(properties).collect();
    parts.sort_by_key(|part| part.start);
    parts
}

/// Writes what is left of a text of which the rest is shown: comments as far as they may be.
fn write_hidden(masked: &mut String, text: &str, shows: fn(&str) -> bool) {
    for line in text.split_inclusive('\n') {
        let content = trim(line);
        if is_comment(content) {
            let open = shown_of_comment(content, shows);
            let (start, rest) =
                line.split_at(line.len() - line.trim_start_matches(is_white).len() + open);
            masked.push_str(start);
            write_masked(masked, rest);
        } else {
            write_masked(masked, line);
        }
    }
}

/// Returns how many bytes of a comment are shown.
fn shown_of_comment(comment: &str, shows: fn(&str) -> bool) -> usize {
    let Some(delimiter) = comment.find(['=', ':']) else {
        return comment.len();
    };
    let key = trim(comment[..delimiter].trim_start_matches(['#', ';']));
    if shows(&lower(key)) {
        comment.len()
    } else {
        delimiter + 1
    }
}

/// Writes a mask in the place of what is not white on a line.
fn write_masked(masked: &mut String, line: &str) {
    let content = trim(line);
    if content.is_empty() {
        masked.push_str(line);
        return;
    }
    let start = line.len() - line.trim_start_matches(is_white).len();
    masked.push_str(&line[..start]);
    masked.push_str(MASK);
    masked.push_str(&line[start + content.len()..]);
}
