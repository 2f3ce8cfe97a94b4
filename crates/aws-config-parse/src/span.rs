//! Where a piece of the text stands, in eight bytes.

use std::ops::Range;

use nom::Offset;

/// A range of bytes of a document's text. Documents are at most `u32::MAX` bytes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// Returns where `part`, a slice of `text`, stands in it.
    pub(crate) fn of(text: &str, part: &str) -> Self {
        let start = text.offset(part);
        Self {
            start: offset(start),
            end: offset(start + part.len()),
        }
    }

    /// Moves the span by `bytes`, which wrap.
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

    /// Returns the text at the span.
    pub(crate) fn in_text(self, text: &str) -> &str {
        &text[self.range()]
    }
}

/// Narrows a number of bytes, lines or characters of a document.
pub(crate) fn offset(number: usize) -> u32 {
    u32::try_from(number).expect("Document::parse reads at most u32::MAX bytes")
}
