//! Layout of text in terminal rows, by the display width of its characters.

use std::ops::Range;

use anstyle::Style;
use sso_types::is_hidden;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Rows, none wider than the terminal.
    pub(crate) rows: Vec<String>,
    /// Row and column, from 0.
    pub(crate) cursor: (usize, usize),
    /// Styles of parts of rows: the row and the byte range, in ascending order.
    pub(crate) styles: Vec<(usize, Range<usize>, Style)>,
}

impl Frame {
    /// Removes rows so that at most `count` are left: those before the row of the cursor and this row. Call
    /// this before the frame has styles.
    pub(crate) fn keep_around_cursor(&mut self, count: usize) {
        let first = (self.cursor.0 + 1).saturating_sub(count);
        self.rows.drain(..first);
        self.rows.truncate(count);
        self.cursor.0 -= first;
    }

    /// Returns the rows with the escape sequences of their styles.
    pub(crate) fn styled_rows(&self) -> Vec<String> {
        let mut rows = self.rows.clone();
        for (row, range, style) in self.styles.iter().rev() {
            rows[*row].insert_str(range.end, &format!("{style:#}"));
            rows[*row].insert_str(range.start, &format!("{style}"));
        }
        rows
    }
}

/// Breaks `text` into rows of `columns`, at spaces if possible, with the cursor before byte `cursor`. Omits
/// invisible characters, such as control characters, and a space after a full row.
pub(crate) fn lay_out(text: &str, cursor: usize, columns: usize) -> Frame {
    let mut rows = vec![Row::default()];
    for (at, character) in visible(text) {
        let row = rows.last_mut().expect(ONE_ROW);
        if row.columns + character.width() > columns && !row.characters.is_empty() {
            let next = if character == " " {
                Row::default()
            } else {
                row.split_last_word(columns.saturating_sub(character.width()))
            };
            rows.push(next);
            if character == " " {
                continue;
            }
        }
        rows.last_mut().expect(ONE_ROW).push(at, character);
    }
    let is_full = rows.last().expect(ONE_ROW).columns >= columns;
    if cursor >= text.len() && is_full {
        rows.push(Row::default());
    }
    Frame {
        cursor: cursor_in(&rows, cursor),
        rows: rows.iter().map(Row::text).collect(),
        styles: Vec::new(),
    }
}

const ONE_ROW: &str = "there is at least one row";

/// Returns the row and column of the first character from byte `cursor`, or of the end.
fn cursor_in(rows: &[Row<'_>], cursor: usize) -> (usize, usize) {
    for (index, row) in rows.iter().enumerate() {
        let mut characters = row.characters.iter();
        if let Some(before) = characters.position(|(at, _)| *at >= cursor) {
            return (index, width(&row.characters[..before]));
        }
    }
    let last = rows.last().expect(ONE_ROW);
    (rows.len() - 1, last.columns)
}

/// Visible characters with their byte offsets.
#[derive(Default)]
struct Row<'a> {
    characters: Vec<(usize, &'a str)>,
    columns: usize,
}

impl<'a> Row<'a> {
    fn push(&mut self, at: usize, character: &'a str) {
        self.characters.push((at, character));
        self.columns += character.width();
    }

    /// Removes the characters after the last space, and returns them. Returns an empty row if there is no
    /// space, or if they are wider than `columns`.
    fn split_last_word(&mut self, columns: usize) -> Self {
        let space = self.characters.iter().rposition(|(_, it)| *it == " ");
        let start = space.map_or(0, |space| space + 1);
        let word_columns = width(&self.characters[start..]);
        if start == 0 || word_columns > columns {
            return Self::default();
        }
        self.columns -= word_columns;
        Self {
            characters: self.characters.split_off(start),
            columns: word_columns,
        }
    }

    fn text(&self) -> String {
        self.characters.iter().map(|(_, it)| *it).collect()
    }
}

fn width(characters: &[(usize, &str)]) -> usize {
    characters.iter().map(|(_, it)| it.width()).sum()
}

/// Breaks `text` into rows of `columns`, at spaces if possible.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let within = |row: &String| lay_out(row, 0, columns).rows;
    wrap_words(text, columns).iter().flat_map(within).collect()
}

/// Breaks `text` at spaces into rows of `columns`. A word that is wider, such as a URL, is a row of its
/// own, which the terminal breaks, so that it can be copied. Several spaces, such as those in a path, are part
/// of a word.
pub(crate) fn wrap_words(text: &str, columns: usize) -> Vec<String> {
    let mut rows = Vec::<String>::new();
    for word in words(text) {
        match rows.last_mut() {
            Some(row) if row.width() + 1 + word.width() <= columns => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

/// Splits a text at its single spaces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_space = |at: usize| text.as_bytes().get(at).is_none_or(|byte| *byte == b' ');
    let spaces = text.match_indices(' ').map(|(at, _)| at);
    let singles = spaces.filter(move |at| *at > 0 && !is_space(at - 1) && !is_space(at + 1));
    let mut start = 0;
    singles.chain([text.len()]).map(move |end| {
        let word = &text[start..end];
        start = end + 1;
        word
    })
}

/// Shortens `text` to one row of `columns`, with an ellipsis if it is longer.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    let text: String = visible(text).map(|(_, character)| character).collect();
    if text.width() <= columns {
        return text;
    }
    let mut rest = columns.saturating_sub(1);
    let fits = |character: &&str| {
        let left = rest.checked_sub(character.width());
        rest = left.unwrap_or_default();
        left.is_some()
    };
    let mut fitting: String = text.graphemes(true).take_while(fits).collect();
    fitting.push('…');
    fitting
}

/// Returns the visible characters with their byte offsets.
fn visible(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.grapheme_indices(true)
        .filter(|(_, character)| character.width() > 0 && !character.contains(is_hidden))
}

#[cfg(test)]
mod tests {
    use super::{lay_out, wrap, wrap_words};

    #[test]
    fn rows_break_at_single_spaces_without_a_change_of_the_text() {
        let check = |text: &str, columns: usize, expected: &[&str]| {
            assert_eq!(wrap_words(text, columns), expected, "{text:?}");
        };
        check("", 10, &[""]);
        check("one two three", 10, &["one two", "three"]);
        check("one two", 7, &["one two"]);
        check("in /a  b/c d", 9, &["in", "/a  b/c d"]);
        check("in /a  b/c", 4, &["in", "/a  b/c"]);
        check("/a   b", 3, &["/a   b"]);
        check("end ", 10, &["end "]);
        check("a\u{a0}b c", 3, &["a\u{a0}b", "c"]);
        check(
            "https://example.com/long x",
            10,
            &["https://example.com/long", "x"],
        );
        assert_eq!(wrap("a bcdefg", 3), ["a", "bcd", "efg"]);
    }

    #[test]
    fn an_edited_line_breaks_at_spaces() {
        let check = |text: &str, cursor: usize, rows: &[&str], expected: (usize, usize)| {
            let frame = lay_out(text, cursor, 10);
            assert_eq!(frame.rows, rows, "{text:?}");
            assert_eq!(frame.cursor, expected, "{text:?} {cursor}");
        };
        check("", 0, &[""], (0, 0));
        check("Write them? ", 12, &["Write ", "them? "], (1, 6));
        check("Write them? ", 6, &["Write ", "them? "], (1, 0));
        check("Write them? ", 5, &["Write ", "them? "], (0, 5));
        check("0123456789ab", 12, &["0123456789", "ab"], (1, 2));
        check("0123456789ab", 10, &["0123456789", "ab"], (1, 0));
        check("a 0123456789ab", 14, &["a ", "0123456789", "ab"], (2, 2));
        check("0123 56789", 10, &["0123 56789", ""], (1, 0));
        check("0123 56789 x", 10, &["0123 56789", "x"], (1, 0));
        check("a 東京東京東", 0, &["a ", "東京東京東"], (0, 0));
    }
}
