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

    /// Applies `key`; keys without an effect on a line are ignored.
    pub(crate) fn press(&mut self, key: Key) {
        match key {
            Key::Text(text) => {
                self.text.insert_str(self.cursor, &text);
                self.cursor += text.len();
            }
            Key::Backspace => self.delete(self.before(), self.cursor),
            Key::Delete | Key::EndOfInput => self.delete(self.cursor, self.after()),
            Key::DeleteWord => self.delete(self.word_start(), self.cursor),
            Key::DeleteToStart => self.delete(0, self.cursor),
            Key::DeleteToEnd => self.delete(self.cursor, self.text.len()),
            Key::Left => self.cursor = self.before(),
            Key::Right => self.cursor = self.after(),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.text.len(),
            _ => {}
        }
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    fn before(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        let before = cursor.prev_boundary(&self.text, 0);
        before.expect("the complete text is passed").unwrap_or(0)
    }

    fn after(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        let after = cursor.next_boundary(&self.text, 0);
        after
            .expect("the complete text is passed")
            .unwrap_or(self.text.len())
    }

    fn word_start(&self) -> usize {
        let mut words = self.text[..self.cursor].unicode_word_indices();
        words.next_back().map_or(0, |(start, _)| start)
    }
}

impl From<&str> for Line {
    /// Places the cursor at the end.
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            cursor: text.len(),
        }
    }
}
