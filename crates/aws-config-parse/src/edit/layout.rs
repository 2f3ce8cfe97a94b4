//! The layout of a file: line ends, indents, comments and spacing, which new lines copy.

use std::ops::Range;

use crate::line::{self, is_white_space};

pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(ends_line).map_or(0, |end| end + 1)
}

/// Returns the end of the line that contains byte `at`, before its line end.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    text[at..]
        .find(ends_line)
        .map_or(text.len(), |end| at + end)
}

/// Returns the line end for a new line next to the line of byte `at`: that line's own line end, or
/// the first one of the file, or `\n`.
pub(crate) fn line_end_near(text: &str, at: usize) -> &str {
    let own = line_end_at(text, line_end(text, at));
    let first = line_end_at(text, line_end(text, 0));
    [own, first]
        .into_iter()
        .find(|end| !end.is_empty())
        .unwrap_or("\n")
}

fn line_end_at(text: &str, at: usize) -> &str {
    let after = line::line(&text[at..]).map_or("", |(after, _)| after);
    &text[at..text.len() - after.len()]
}

pub(crate) fn indent(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..line_end(text, at)];
    &line[..line.len() - line.trim_start_matches(is_white_space).len()]
}

/// Returns the byte range to remove in order to delete the lines of bytes `first` to `last`. If the
/// file has no final line end, it has none after the removal either.
pub(crate) fn lines(text: &str, first: usize, last: usize) -> Range<usize> {
    let start = line_start(text, first);
    let content = line_end(text, last);
    match line_end_at(text, content) {
        "" => before_line_end(text, start)..text.len(),
        end => start..content + end.len(),
    }
}

/// Returns the end of the line above the line that begins at `start`, before its line end.
pub(crate) fn before_line_end(text: &str, start: usize) -> usize {
    let before = &text[..start];
    let before = before.strip_suffix('\n').unwrap_or(before);
    before.strip_suffix('\r').unwrap_or(before).len()
}

/// Returns the starts of the blank lines directly above the line that begins at `start`, from the
/// last to the first.
pub(crate) fn blank_lines_before(text: &str, start: usize) -> impl Iterator<Item = usize> {
    let above = move |start: &usize| (*start > 0).then(|| line_above(text, *start));
    let is_blank =
        move |start: &usize| line::trim(&text[*start..line_end(text, *start)]).is_empty();
    std::iter::successors(above(&start), above).take_while(is_blank)
}

/// Returns the start of the first of the comment lines directly above the line that begins at
/// `start`, or `start` if there are none.
pub(crate) fn comments_before(text: &str, start: usize) -> usize {
    let above = move |start: &usize| (*start > 0).then(|| line_above(text, *start));
    let is_comment =
        move |start: &usize| line::is_comment(line::trim(&text[*start..line_end(text, *start)]));
    let comments = std::iter::successors(above(&start), above).take_while(is_comment);
    comments.last().unwrap_or(start)
}

fn line_above(text: &str, start: usize) -> usize {
    line_start(text, before_line_end(text, start))
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

/// Indent of a property, and white space before and after its delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) indent: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Style {
    /// Returns the style for a file without properties, `key = value`.
    pub(crate) fn usual() -> Self {
        Self {
            indent: String::new(),
            before: " ".to_owned(),
            after: " ".to_owned(),
        }
    }

    /// Returns the style of the property whose key ends at byte `key_end`. A delimiter must follow
    /// on the same line.
    pub(crate) fn of(text: &str, key_end: usize) -> Self {
        let usual = Self::usual();
        let line = &text[key_end..line_end(text, key_end)];
        let before = leading_white_space(line);
        let delimiter = &line[before.len()..];
        let value = delimiter.get(1..).unwrap_or_default();
        let after = leading_white_space(value);
        let is_copied = delimiter.starts_with('=') && is_plain(before) && is_plain(after);
        let spacing = match () {
            () if !is_copied => (usual.before, usual.after),
            () if after.len() == value.len() => (before.to_owned(), before.to_owned()),
            () => (before.to_owned(), after.to_owned()),
        };
        Self {
            indent: indent(text, key_end).to_owned(),
            before: spacing.0,
            after: spacing.1,
        }
    }

    pub(crate) fn nested(&self) -> Self {
        Self {
            indent: format!("{}    ", self.indent),
            ..self.clone()
        }
    }

    pub(crate) fn format(&self, key: &str, value: &str) -> String {
        let after = if value.is_empty() { "" } else { &self.after };
        format!("{}{key}{}={after}{value}", self.indent, self.before)
    }
}

pub(crate) fn leading_white_space(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches(is_white_space).len()]
}

fn is_plain(white: &str) -> bool {
    white.chars().all(|c| matches!(c, ' ' | '\t'))
}
