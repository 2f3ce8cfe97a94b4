//! Sections and properties as the reader finds them: positions in the text.

use std::borrow::Cow;

use crate::line::{is_block_break, trim_and_indent};
use crate::problem::Location;
use crate::span::Span;

/// Positions of a section in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    /// The text between the brackets.
    pub(crate) header: Span,
    /// Location of the opening bracket.
    pub(crate) location: Location,
    /// Index of its first property. Its properties end at the first one of the next section.
    pub(crate) properties: u32,
}

/// Positions of a property in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    pub(crate) key: Span,
    /// From the first character after the delimiter and its white space, or from the delimiter if
    /// nothing follows on its line, to the last character of the last line.
    pub(crate) value: Span,
    /// Location of the key.
    pub(crate) location: Location,
    pub(crate) shape: Shape,
}

/// Spelling of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// On the line of the key.
    Line,
    /// On the line of the key and deeper ones below.
    Lines,
    /// Pairs on deeper lines only.
    Block,
    /// One of these pairs.
    Pair,
}

impl Property {
    /// Adds a deeper line, which ends at `end`, to the value.
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

/// Returns `key` in lower case, as Python's `str.lower` has it.
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

/// Cuts a line of a block into what stands for a pair: mostly one. Each piece comes with the number
/// of characters before it, which for the line itself are `indent`.
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
