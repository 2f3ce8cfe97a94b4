//! Sections and properties as the reader finds them: positions in the text.

use std::borrow::Cow;

use crate::line::{is_block_break, trim_and_indent};
use crate::problem::Location;
use crate::span::Span;

/// What is kept of a section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    /// What stands between the brackets.
    pub(crate) header: Span,
    /// Where the opening bracket stands.
    pub(crate) location: Location,
    /// The index of its first property; they end where those of the next section begin.
    pub(crate) properties: u32,
}

/// What is kept of a property.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    pub(crate) key: Span,
    /// From the first character after the delimiter and its white space, or directly after the
    /// delimiter where the line ends so, to the last character of the last line.
    pub(crate) value: Span,
    /// Where the key stands.
    pub(crate) location: Location,
    pub(crate) shape: Shape,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// On the line of the key.
    Line,
    /// On the line of the key and deeper ones below.
    Lines,
    /// As pairs on deeper lines alone.
    Block,
    /// As one of these pairs.
    Pair,
}

impl Property {
    /// Takes a deeper line, which ends at `end`, for the value.
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
