//! How the file is laid out, for what is written to look like what is there.

use std::ops::Range;

use crate::line::{self, is_white};

/// Returns where the line of byte `at` begins.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(ends_line).map_or(0, |end| end + 1)
}

/// Returns where the line of byte `at` ends, before its line end.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    text[at..]
        .find(ends_line)
        .map_or(text.len(), |end| at + end)
}

/// Returns the line end for a line next to that of byte `at`: the one that it has itself, else the
/// first one of the file, else `\n`.
pub(crate) fn line_end_near(text: &str, at: usize) -> &str {
    let own = line_end_at(text, line_end(text, at));
    let first = line_end_at(text, line_end(text, 0));
    [own, first]
        .into_iter()
        .find(|end| !end.is_empty())
        .unwrap_or("\n")
}

/// Returns the line end at byte `at`, which is one or the end of the text.
fn line_end_at(text: &str, at: usize) -> &str {
    let after = line::line(&text[at..]).map_or("", |(after, _)| after);
    &text[at..text.len() - after.len()]
}

/// Returns the white space that the line of byte `at` begins with.
pub(crate) fn indent(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..line_end(text, at)];
    &line[..line.len() - line.trim_start_matches(is_white).len()]
}

/// Returns the bytes to remove for the lines from that of `first` to that of `last` to go.
///
/// If nothing comes after them and the file ends without a line end, it will again.
pub(crate) fn lines(text: &str, first: usize, last: usize) -> Range<usize> {
    let start = line_start(text, first);
    let content = line_end(text, last);
    match line_end_at(text, content) {
        "" => before_line_end(text, start)..text.len(),
        end => start..content + end.len(),
    }
}

/// Returns where the line before `start`, the start of a line, ends.
pub(crate) fn before_line_end(text: &str, start: usize) -> usize {
    let before = &text[..start];
    let before = before.strip_suffix('\n').unwrap_or(before);
    before.strip_suffix('\r').unwrap_or(before).len()
}

/// Returns the starts of the blank lines that stand directly before `start`, the start of a
/// line, from the last to the first.
pub(crate) fn blank_lines_before(text: &str, start: usize) -> impl Iterator<Item = usize> {
    let above = move |start: &usize| (*start > 0).then(|| line_above(text, *start));
    let is_blank =
        move |start: &usize| line::trim(&text[*start..line_end(text, *start)]).is_empty();
    std::iter::successors(above(&start), above).take_while(is_blank)
}

/// Returns the start of the first of the comment lines that stand directly before `start`, the
/// start of a line; `start` itself if there are none.
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

/// How a property is written: its indent and the white space around its delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) indent: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Style {
    /// What is written where there is nothing to look at.
    pub(crate) fn usual() -> Self {
        Self {
            indent: String::new(),
            before: " ".to_owned(),
            after: " ".to_owned(),
        }
    }

    /// Returns the style of the property whose key ends at byte `key_end`, and whose line holds a
    /// delimiter after it.
    pub(crate) fn of(text: &str, key_end: usize) -> Self {
        let usual = Self::usual();
        let line = &text[key_end..line_end(text, key_end)];
        let before = white_at_start(line);
        let delimiter = &line[before.len()..];
        let value = delimiter.get(1..).unwrap_or_default();
        let after = white_at_start(value);
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

    /// Returns the style of the pairs in a block of this style.
    pub(crate) fn deeper(&self) -> Self {
        Self {
            indent: format!("{}    ", self.indent),
            ..self.clone()
        }
    }

    /// Returns the line, without a line end, that says that `key` is `value`.
    pub(crate) fn write(&self, key: &str, value: &str) -> String {
        let after = if value.is_empty() { "" } else { &self.after };
        format!("{}{key}{}={after}{value}", self.indent, self.before)
    }
}

/// Returns the white space that `text` begins with.
pub(crate) fn white_at_start(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches(is_white).len()]
}

fn is_plain(white: &str) -> bool {
    white.chars().all(|c| matches!(c, ' ' | '\t'))
}
