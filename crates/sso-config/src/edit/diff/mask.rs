//! Masking of values that may be secrets.

use std::collections::HashSet;
use std::ops::Range;

use aws_config_parse::{Document, SectionRef};
use sso_types::{secret_ranges, shown_in_text};

/// Text in place of a secret.
const MASK: &str = "****";

/// Returns the text of `document` with the same lines, masked as in
/// [`Diff::masked`](super::Diff::masked). `other` is the state before or after.
pub(super) fn masked(document: &Document, other: &Document, is_shown: fn(&str) -> bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(document.as_bytes());
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for section in document.sections() {
        let renamed = renamed_values(section, other, is_shown);
        for shown in shown_parts(&text, section, &renamed, is_shown) {
            write_hidden(&mut masked, &text, at..shown.start, is_shown);
            masked.push_str(&text[shown.clone()]);
            at = shown.end;
        }
    }
    write_hidden(&mut masked, &text, at..text.len(), is_shown);
    masked.into_bytes()
}

/// Returns whether a masked line contains a mask.
pub(super) fn is_masked(line: &[u8]) -> bool {
    line.windows(MASK.len()).any(|part| part == MASK.as_bytes())
}

/// Returns the values of shown keys that only the other state of the section has. A hidden key with such a
/// value is renamed, and the diff shows the value anyway.
fn renamed_values(
    section: SectionRef<'_>,
    other: &Document,
    is_shown: fn(&str) -> bool,
) -> HashSet<String> {
    let keys: HashSet<_> = section.own_properties().map(|it| it.key()).collect();
    let others = other.sections();
    let others = others.filter(|it| it.header() == section.header());
    let properties = others.flat_map(|it| it.own_properties());
    let added = properties.filter(|it| is_shown(&it.key()) && !keys.contains(&it.key()));
    added.map(|it| it.value().into_owned()).collect()
}

/// Returns the ranges of the header, and of the keys with their shown values, in file order.
fn shown_parts(
    text: &str,
    section: SectionRef<'_>,
    renamed: &HashSet<String>,
    is_shown: fn(&str) -> bool,
) -> Vec<Range<usize>> {
    let mut parts = vec![section.header_range()];
    for property in section.own_properties() {
        let (start, value) = (property.key_range().start, property.value_range());
        if is_shown(&property.key()) || renamed.contains(&*property.value()) {
            let line = first_line(&text[value.clone()]);
            parts.extend(without_secrets(text, start..value.start + line.len()));
        } else {
            parts.push(start..value.start);
        }
    }
    parts
}

fn first_line(value: &str) -> &str {
    let line = value.split(['\n', '\r']).next();
    line.map_or("", str::trim_end)
}

/// Returns the parts of a range of the text that are not secrets: see [`secret_ranges`].
fn without_secrets(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut start = range.start;
    let mut parts = Vec::new();
    for secret in secret_ranges(&text[range.clone()]) {
        parts.push(start..range.start + secret.start);
        start = range.start + secret.end;
    }
    parts.push(start..range.end);
    parts
}

/// Writes the text between two shown parts: comments up to a value that is not shown, and masks.
fn write_hidden(masked: &mut String, text: &str, hidden: Range<usize>, is_shown: fn(&str) -> bool) {
    // A comment may follow a header.
    let mut is_line = hidden.start == 0 || text[..hidden.start].ends_with(['\n', '\r', ']']);
    for line in text[hidden].split_inclusive('\n') {
        let content = line.trim_start();
        if is_line && content.starts_with(['#', ';']) {
            write_comment(masked, line, is_shown);
        } else {
            write_masked(masked, line);
        }
        is_line = true;
    }
}

fn write_comment(masked: &mut String, line: &str, is_shown: fn(&str) -> bool) {
    let Some(delimiter) = line.find(['=', ':']) else {
        masked.push_str(line);
        return;
    };
    let key = line[..delimiter].trim().trim_start_matches(['#', ';']);
    if is_shown(&key.trim().to_lowercase()) {
        masked.push_str(&shown_in_text(line));
        return;
    }
    let (key, value) = line.split_at(delimiter + 1);
    masked.push_str(key);
    write_masked(masked, value);
}

/// Writes a mask in place of the text between white space. Quotes around it are shown, because an edit may
/// change only them.
fn write_masked(masked: &mut String, line: &str) {
    let content = line.trim();
    if content.is_empty() {
        masked.push_str(line);
        return;
    }
    let quote = ["\"", "'"].into_iter().find(|quote| {
        let rest = content.strip_prefix(quote);
        rest.is_some_and(|rest| rest.ends_with(quote))
    });
    let quote = quote.unwrap_or_default();
    let start = line.len() - line.trim_start().len();
    masked.push_str(&line[..start]);
    masked.extend([quote, MASK, quote]);
    masked.push_str(&line[start + content.len()..]);
}
