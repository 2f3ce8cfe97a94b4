//! Editable line of text.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::terminal::key::Key;

/// Line of text with a cursor that moves by grapheme clusters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    text: String,
    /// Byte offset in the text.
    cursor: usize,
}

impl Line {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Applies `key`. Ignores keys without an effect on a line.
    pub(crate) fn press(&mut self, key: Key) {
        match key {
            Key::Text(text) | Key::JoinedLines(text) => {
                self.text.insert_str(self.cursor, &text);
                self.cursor += text.len();
            }
            Key::Backspace => self.delete(self.previous_boundary(), self.cursor),
            Key::Delete | Key::EndOfInput => self.delete(self.cursor, self.next_boundary()),
            Key::DeleteWord => self.delete(self.word_start(), self.cursor),
            Key::DeleteToStart => self.delete(0, self.cursor),
            Key::DeleteToEnd => self.delete(self.cursor, self.text.len()),
            Key::Left => self.cursor = self.previous_boundary(),
            Key::Right => self.cursor = self.next_boundary(),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.text.len(),
            _ => {}
        }
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    fn previous_boundary(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        let previous = cursor.prev_boundary(&self.text, 0);
        previous.expect("the complete text is passed").unwrap_or(0)
    }

    fn next_boundary(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        let next = cursor.next_boundary(&self.text, 0);
        next.expect("the complete text is passed")
            .unwrap_or(self.text.len())
    }

    fn word_start(&self) -> usize {
        let mut words = self.text[..self.cursor].unicode_word_indices();
        words.next_back().map_or(0, |(start, _)| start)
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            cursor: text.len(),
        }
    }
}
