//! Byte ranges of text, stored in eight bytes each.

use std::ops::Range;

use nom::Offset;

/// A range of bytes of a document's text. Documents are at most `u32::MAX` bytes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// `part` must be a slice of `text`.
    pub(crate) fn of(text: &str, part: &str) -> Self {
        let start = text.offset(part);
        Self {
            start: offset(start),
            end: offset(start + part.len()),
        }
    }

    /// Negative distances wrap.
    pub(crate) fn shift(&mut self, bytes: u32) {
        self.start = self.start.wrapping_add(bytes);
        self.end = self.end.wrapping_add(bytes);
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn in_text(self, text: &str) -> &str {
        &text[self.range()]
    }
}

/// Converts a number of bytes, lines or characters of a document, which is at most `u32::MAX`.
pub(crate) fn offset(number: usize) -> u32 {
    u32::try_from(number).expect("Document::parse rejects more than u32::MAX bytes")
}
