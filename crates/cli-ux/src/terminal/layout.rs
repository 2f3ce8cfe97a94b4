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

/// Breaks `text` into rows of `columns`, with the cursor before byte `cursor`. Omits invisible
/// characters, such as control characters.
pub(crate) fn lay_out(text: &str, cursor: usize, columns: usize) -> Frame {
    let mut frame = Frame {
        rows: vec![String::new()],
        cursor: (0, 0),
        styles: Vec::new(),
    };
    let mut column = 0;
    for (at, character) in visible(text) {
        let width = character.width();
        if column + width > columns && column > 0 {
            frame.rows.push(String::new());
            column = 0;
        }
        if at <= cursor {
            frame.cursor = (frame.rows.len() - 1, column);
        }
        let row = frame.rows.last_mut().expect("there is at least one row");
        row.push_str(character);
        column += width;
    }
    if cursor >= text.len() {
        if column >= columns {
            frame.rows.push(String::new());
            column = 0;
        }
        frame.cursor = (frame.rows.len() - 1, column);
    }
    frame
}

/// Breaks `text` into rows of `columns`, at spaces if possible.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let within = |row: &String| lay_out(row, 0, columns).rows;
    wrap_words(text, columns).iter().flat_map(within).collect()
}

/// Breaks `text` at spaces into rows of `columns`. A word that is wider, such as a URL, is a row of its
/// own, which the terminal breaks, so that it can be copied.
pub(crate) fn wrap_words(text: &str, columns: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in text.split_whitespace() {
        let row = rows.last_mut().expect("there is at least one row");
        if row.is_empty() {
            row.push_str(word);
        } else if row.width() + 1 + word.width() <= columns {
            row.push(' ');
            row.push_str(word);
        } else {
            rows.push(word.to_owned());
        }
    }
    rows
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
