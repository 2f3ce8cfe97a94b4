//! Positions of sections and properties in the text, as the parser returns them.

use std::borrow::Cow;

use crate::line::{is_block_break, trim_and_indent};
use crate::problem::Location;
use crate::span::Span;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    pub(crate) header: Span,
    pub(crate) location: Location,
    /// Index of the section's first property. The last one precedes the first of the next section.
    pub(crate) properties: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    pub(crate) key: Span,
    /// From the first character after the delimiter and its white space, or from the end of the
    /// delimiter if the rest of its line is empty, to the last character of the last line.
    pub(crate) value: Span,
    pub(crate) location: Location,
    pub(crate) shape: Shape,
}

/// Layout of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// On the line of the key.
    Line,
    /// On the line of the key and indented lines below.
    Lines,
    /// Pairs on indented lines below the key.
    Block,
    Pair,
}

impl Property {
    pub(crate) fn continue_to(&mut self, end: u32) {
        if self.shape == Shape::Line {
            self.shape = if self.value.is_empty() {
                Shape::Block
            } else {
                Shape::Lines
            };
        }
        self.value.end = end;
    }
}

/// Returns `key` in lower case, as Python's `str.lower` does.
pub(crate) fn lower(key: &str) -> Cow<'_, str> {
    if key
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        key.into()
    } else {
        key.to_lowercase().into()
    }
}

/// Splits a line of a block at the additional separators that botocore accepts between pairs.
///
/// Returns the pieces, trimmed, each with its offset in characters from the start of the line.
/// `indent` is the offset of `text` in its line.
pub(crate) fn pieces(indent: usize, text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = indent;
    let pieces = text.split(is_block_break).map(move |piece| {
        let start = next;
        next += piece.chars().count() + 1;
        let (indent, piece) = trim_and_indent(piece);
        (start + indent, piece)
    });
    pieces.filter(|(_, piece)| !piece.is_empty())
}
