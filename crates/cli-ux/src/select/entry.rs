//! Entries of a list.

use std::borrow::Cow;
use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::printable::printable_line;
use crate::terminal::layout::cut;

/// Separator of the columns in [`Entry::searched`]. No printable text contains it.
pub(super) const COLUMN_END: char = '\n';

/// Minimum width of an entry beside its end.
pub(super) const MIN_TEXT_WIDTH: usize = 4;

/// Entry of a list, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    text: String,
    columns: Vec<String>,
    end: String,
}

impl Entry {
    /// Creates an entry.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            columns: Vec::new(),
            end: String::new(),
        }
    }

    /// Adds columns between the text and the end, the most important one first. All entries of a list must
    /// have the same number of columns. They are aligned; a narrow terminal shows only the first ones.
    #[must_use]
    pub fn with_columns(self, columns: impl IntoIterator<Item = String>) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            ..self
        }
    }

    /// Adds an end, such as an ID, which is also shown completely on a narrow terminal.
    #[must_use]
    pub fn with_end(self, end: impl Into<String>) -> Self {
        let end = end.into();
        Self { end, ..self }
    }

    pub(super) fn has_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Returns the text, the columns and the end, safe for the terminal.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let columns = self.columns.iter().chain([&self.end]);
        let cells = [&self.text].into_iter().chain(columns);
        cells.map(|cell| printable_cell(cell))
    }

    /// Returns the text that a filter searches: also columns that the terminal is too narrow for.
    pub(super) fn searched(&self) -> String {
        if !self.has_columns() {
            return self.full_text();
        }
        let mut searched = String::new();
        for cell in self.cells() {
            searched.push_str(&cell);
            searched.push(COLUMN_END);
        }
        searched
    }

    /// Returns an entry without columns in at most `width` columns of the terminal.
    pub(super) fn fitted_to(&self, width: usize) -> String {
        let full = self.full_text();
        let end = printable_line(&self.end);
        let rest = width.saturating_sub(end.width() + 1);
        if full.width() <= width || end.is_empty() || rest < MIN_TEXT_WIDTH {
            return cut(&full, width);
        }
        format!("{} {end}", cut(&printable_line(&self.text), rest))
    }

    fn full_text(&self) -> String {
        printable_line(&self.to_string())
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for column in self.columns.iter().chain([&self.end]) {
            if !column.is_empty() {
                write!(f, " {column}")?;
            }
        }
        Ok(())
    }
}

/// Returns `text` without a copy if it has only visible ASCII characters.
fn printable_cell(text: &str) -> Cow<'_, str> {
    let is_visible = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(is_visible) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(printable_line(text))
    }
}
