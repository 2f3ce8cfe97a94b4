//! Properties: keys with values, which are text on one or several lines or a block of pairs.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::document::Document;
use crate::file_kind::FileKind;
use crate::line::{is_comment, is_white_space, lines, pair, trim, trim_and_indent};
use crate::problem::Location;
use crate::section::SectionRef;
use crate::span::{Span, offset};
use crate::syntax::{Property, Shape, lower, pieces};

/// A property of a document: key, value and location.
///
/// `Debug` shows the key and the line, but not the value.
#[derive(Clone, Copy)]
pub struct PropertyRef<'a> {
    document: &'a Document,
    property: Property,
}

impl<'a> PropertyRef<'a> {
    pub(crate) fn new(document: &'a Document, property: Property) -> Self {
        Self { document, property }
    }

    pub(crate) fn property(&self) -> &Property {
        &self.property
    }

    pub(crate) fn location(&self) -> Location {
        self.property.location
    }

    /// Returns the part of the value on the line of the key, which is empty for a block.
    pub(crate) fn first_line(&self) -> &'a str {
        let value = self.property.value.in_text(self.document.text());
        lines(value).next().map_or("", trim)
    }

    pub(crate) fn is_continued_text(&self) -> bool {
        self.property.shape == Shape::Lines
    }

    pub(crate) fn delimiter(&self) -> char {
        let after = &self.document.text()[self.property.key.end as usize..];
        let delimiter = after.trim_start_matches(is_white_space).chars().next();
        delimiter.expect("a property has a delimiter")
    }

    /// Returns the key as the CLI reads it: in lower case, except for keys of pairs in a block.
    #[must_use]
    pub fn key(&self) -> Cow<'a, str> {
        match self.property.shape {
            Shape::Pair => self.spelling().into(),
            _ => lower(self.spelling()),
        }
    }

    /// Returns the key as it is spelled in the file.
    #[must_use]
    pub fn spelling(&self) -> &'a str {
        self.property.key.in_text(self.document.text())
    }

    /// Returns the byte range of the key in the file.
    #[must_use]
    pub fn key_range(&self) -> Range<usize> {
        self.property.key.range()
    }

    /// Returns the byte range of the value in the file, from its first character to the last
    /// character of its last line, including comments between its lines. For a value that begins
    /// below its key, the range begins directly after the delimiter.
    #[must_use]
    pub fn value_range(&self) -> Range<usize> {
        self.property.value.range()
    }

    /// Returns the value as the CLI reads it: with its quotes, and with a comment after it.
    ///
    /// The lines of a multi-line value are trimmed and joined with `\n`. Blank lines are kept,
    /// comment lines are not. The value of a block begins with `\n`.
    #[must_use]
    pub fn value(&self) -> Cow<'a, str> {
        let text = self.property.value.in_text(self.document.text());
        match self.property.shape {
            Shape::Line | Shape::Pair => text.into(),
            Shape::Lines | Shape::Block => {
                let parts: Vec<_> = value_lines(text).collect();
                parts.join("\n").into()
            }
        }
    }

    /// Returns whether the value is a block of pairs: an empty value followed by indented lines.
    #[must_use]
    pub fn is_block(&self) -> bool {
        self.property.shape == Shape::Block
    }

    /// Returns the last pair of the block whose key is `key`. Keys of pairs are case-sensitive.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<PropertyRef<'a>> {
        self.pairs().filter(|pair| pair.spelling() == key).last()
    }

    /// Returns the pairs of the block in file order, or none if the value is text. Of pairs with
    /// the same key, the last one is effective.
    pub fn pairs(&self) -> impl Iterator<Item = PropertyRef<'a>> + use<'a> {
        let document = self.document;
        let (text, value) = (document.text(), self.property.value);
        let block = if self.is_block() {
            value.in_text(text)
        } else {
            ""
        };
        lines(block)
            .zip(self.property.location.0..)
            .map(|(content, line)| (line, trim_and_indent(content)))
            .filter(|(_, (_, content))| !is_comment(content))
            .flat_map(|(line, (indent, content))| {
                pieces(indent, content)
                    .map(move |(indent, piece)| ((line, offset(indent + 1)), piece))
            })
            .filter_map(move |(location, piece)| {
                let (_, (key, value)) = pair(piece).ok()?;
                let property = Property {
                    key: Span::of(text, key),
                    value: Span::of(text, value),
                    location,
                    shape: Shape::Pair,
                };
                Some(PropertyRef::new(document, property))
            })
    }

    /// Returns the line of the key, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.property.location.0 as usize
    }

    /// Returns the column of the key in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.property.location.1 as usize
    }

    /// Returns the value without its comment, as an AWS SDK (for Rust or JavaScript) reads it.
    /// Returns `None` if the value has no comment after it, or has several lines.
    #[must_use]
    pub fn sdk_value(&self) -> Option<&'a str> {
        let value = self.first_line();
        let is_one_line = matches!(self.property.shape, Shape::Line | Shape::Pair);
        let comment = comment_in(value).filter(|_| is_one_line)?;
        Some(trim(&value[..comment]))
    }

    /// Returns the kind of file that contains the property.
    #[must_use]
    pub fn file(&self) -> FileKind {
        self.document.kind()
    }

    /// Returns the section that contains the property, which is `[DEFAULT]` if it is inherited.
    #[must_use]
    pub fn section(&self) -> SectionRef<'a> {
        self.document.section_at_byte(self.property.key.start)
    }
}

impl fmt::Debug for PropertyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PropertyRef")
            .field("key", &self.spelling())
            .field("line", &self.line())
            .finish_non_exhaustive()
    }
}

/// Returns the position at which an SDK finds a comment in `value`: a `#` or `;` at the start or
/// after white space.
pub(crate) fn comment_in(value: &str) -> Option<usize> {
    let mut follows_white_space = true;
    value.char_indices().find_map(|(at, c)| {
        let begins = follows_white_space && matches!(c, '#' | ';');
        follows_white_space = is_white_space(c);
        begins.then_some(at)
    })
}

fn value_lines(value: &str) -> impl Iterator<Item = &str> {
    let mut lines = lines(value).map(trim);
    let on_key_line = lines.next();
    let below = lines.filter(|line| !is_comment(line));
    on_key_line.into_iter().chain(below)
}
