//! A line of text that is being typed.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::terminal::key::Key;

/// A line of text with a cursor in it, which moves by visible characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    text: String,
    /// A byte of the text.
    cursor: usize,
}

impl Line {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the byte offset of the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Applies the effect of `key` on a line, if it has one.
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
        before.expect("the text is whole").unwrap_or(0)
    }

    fn after(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        let after = cursor.next_boundary(&self.text, 0);
        after.expect("the text is whole").unwrap_or(self.text.len())
    }

    /// Returns where the word before the cursor begins.
    fn word_start(&self) -> usize {
        let mut words = self.text[..self.cursor].unicode_word_indices();
        words.next_back().map_or(0, |(start, _)| start)
    }
}

impl From<&str> for Line {
    /// The cursor stands at the end.
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            cursor: text.len(),
        }
    }
}
