//! Changing what is in a section.

use crate::document::Document;
use crate::edit::layout::{self, Style, line_end_near, white_at_start};
use crate::edit::{EditError, Outcome, Splice, writable};
use crate::line;
use crate::property::PropertyRef;
use crate::property::comment_in;
use crate::section::SectionRef;
use crate::syntax::{Property, Shape, lower, pieces};

/// A section of a document, for editing.
///
/// Keys are found in any case, but for those of the pairs in a block, and new ones are written in
/// lower case. What is found keeps its spelling, its indent and the spacing of its delimiter; of
/// equal ones, the last is edited.
#[derive(Debug)]
pub struct SectionMut<'a> {
    document: &'a mut Document,
    index: usize,
}

impl<'a> SectionMut<'a> {
    pub(crate) fn new(document: &'a mut Document, index: usize) -> Self {
        Self { document, index }
    }

    /// Returns the section for reading.
    #[must_use]
    pub fn section(&self) -> SectionRef<'_> {
        SectionRef::new(self.document, self.index)
    }

    /// Makes `value` the value of `key`.
    ///
    /// The value takes the place of all lines of the present one. A comment that an SDK would cut
    /// off the present value is moved to a line of its own, above. A new key comes after the last
    /// property of the section, written like it.
    ///
    /// # Errors
    ///
    /// If the value or a new key could not be read back, or the document has problems.
    pub fn set(&mut self, key: &str, value: &str) -> Result<Outcome, EditError> {
        let present = self.section().get(key);
        if present.is_some_and(|property| property.value() == value) {
            return Ok(Outcome::Unchanged);
        }
        writable::check_value(value)?;
        match self.own(key) {
            Some(property) => self.replace_value(property, key, value),
            None => self.append(key, value),
        }
    }

    /// Removes `key` with all lines of its value.
    ///
    /// # Errors
    ///
    /// If the document has problems that this does not mend.
    pub fn remove(&mut self, key: &str) -> Result<Outcome, EditError> {
        let Some(property) = self.own(key) else {
            return Ok(Outcome::Unchanged);
        };
        let range = layout::lines(
            self.document.text(),
            property.key.start as usize,
            property.value.end as usize,
        );
        let splice = Splice {
            properties: -1,
            ..Splice::remove(self.index, range)
        };
        self.document.apply_and_check(&splice, |_| true)
    }

    /// Spells `key` as `new`, in lower case.
    ///
    /// # Errors
    ///
    /// If `key` is not there, or `new` is, or could not be read back, or the document has
    /// problems that this does not mend.
    pub fn rename(&mut self, key: &str, new: &str) -> Result<Outcome, EditError> {
        let property = self.own(key).ok_or(EditError::NotFound)?;
        if lower(key) == lower(new) {
            return Ok(Outcome::Unchanged);
        }
        if self.own(new).is_some() {
            return Err(EditError::KeyExists);
        }
        writable::check_key(new)?;
        let splice = Splice::replace(self.index, property.key.range(), lower(new).into_owned());
        self.document
            .apply_and_check(&splice, |section| own(section, new).is_some())
    }
}

/// Pairs in a block, the deeper lines below `block =`.
impl SectionMut<'_> {
    /// Makes `value` the value of the pair `key` in the block `block`, which is made if it is not
    /// there.
    ///
    /// # Errors
    ///
    /// If `block` is text, or the value or a new key could not be read back, or the document has
    /// problems.
    pub fn set_in(&mut self, block: &str, key: &str, value: &str) -> Result<Outcome, EditError> {
        if self
            .pair_value(block, key)
            .is_some_and(|present| present == value)
        {
            return Ok(Outcome::Unchanged);
        }
        writable::check_pair_value(value)?;
        if let Some(pair) = self.own_pair(block, key) {
            let splice = self.replaced(pair, value);
            return self.apply_in(&splice, block, key, value);
        }
        writable::check_pair_key(key)?;
        match self.own(block) {
            None => {
                writable::check_key(block)?;
                let (at, style) = self.end();
                let lines = [
                    style.write(&lower(block), ""),
                    style.deeper().write(key, value),
                ];
                let text = self.lines_below(at, &lines);
                let splice = Splice {
                    properties: 1,
                    ..Splice::insert(self.index, at, text)
                };
                self.apply_in(&splice, block, key, value)
            }
            Some(property) => {
                let splice = self.pair_below(property, key, value)?;
                self.apply_in(&splice, block, key, value)
            }
        }
    }

    /// Removes the pair `key` from the block `block`, and the block with its last pair.
    ///
    /// # Errors
    ///
    /// If the document has problems.
    pub fn remove_in(&mut self, block: &str, key: &str) -> Result<Outcome, EditError> {
        let mut outcome = Outcome::Unchanged;
        while let Some(pair) = self.own_pair(block, key) {
            let section = self.section();
            let block_has_others = section
                .get(block)
                .is_some_and(|block| block.pairs().any(|pair| pair.spelling() != key));
            if !block_has_others {
                return self.remove(block);
            }
            let splice = Splice::remove(self.index, self.extent(pair));
            outcome = self.document.apply(&splice, |_| true)?;
        }
        Ok(outcome)
    }

    /// Spells the pair `key` of the block `block` as `new`.
    ///
    /// # Errors
    ///
    /// If `key` is not there, or `new` is, or could not be read back, or the document has
    /// problems.
    pub fn rename_in(&mut self, block: &str, key: &str, new: &str) -> Result<Outcome, EditError> {
        let pair = self.own_pair(block, key).ok_or(EditError::NotFound)?;
        if key == new {
            return Ok(Outcome::Unchanged);
        }
        if self.own_pair(block, new).is_some() {
            return Err(EditError::KeyExists);
        }
        writable::check_pair_key(new)?;
        let value = self.pair_value(block, key).unwrap_or_default();
        let splice = Splice::replace(self.index, pair.key.range(), new.to_owned());
        self.apply_in(&splice, block, new, &value)
    }

    fn own_pair(&self, block: &str, key: &str) -> Option<Property> {
        let block = PropertyRef::new(self.document, self.own(block)?);
        Some(*block.get(key)?.property())
    }

    fn pair_value(&self, block: &str, key: &str) -> Option<String> {
        let pair = self.section().get(block)?.get(key)?;
        Some(pair.value().into_owned())
    }

    /// Writes a pair below the last line of `block`.
    fn pair_below(&self, block: Property, key: &str, value: &str) -> Result<Splice, EditError> {
        let text = self.document.text();
        let pairs = PropertyRef::new(self.document, block).pairs();
        let style = match pairs.last() {
            Some(pair) => Style::of(text, pair.property().key.end as usize),
            None if block.value.is_empty() => Style::of(text, block.key.end as usize).deeper(),
            None => return Err(EditError::NotABlock),
        };
        let at = layout::line_end(text, block.value.end as usize);
        Ok(Splice::insert(
            self.index,
            at,
            self.lines_below(at, &[style.write(key, value)]),
        ))
    }

    /// Returns the bytes of a pair: its line, or less if the line holds other pairs.
    fn extent(&self, pair: Property) -> std::ops::Range<usize> {
        let text = self.document.text();
        let (start, end) = (pair.key.start as usize, pair.value.end as usize);
        let line = &text[layout::line_start(text, start)..layout::line_end(text, end)];
        if pieces(0, line).count() > 1 {
            start..end
        } else {
            layout::lines(text, start, end)
        }
    }

    fn apply_in(
        &mut self,
        splice: &Splice,
        block: &str,
        key: &str,
        value: &str,
    ) -> Result<Outcome, EditError> {
        self.document.apply(splice, |section| {
            let block = own(section, block);
            let pair = block.and_then(|block| section.property_ref(block).get(key));
            pair.is_some_and(|pair| pair.value() == value)
        })
    }
}

impl SectionMut<'_> {
    /// Returns the last property `key` that stands in the section itself.
    fn own(&self, key: &str) -> Option<Property> {
        own(self.section(), key)
    }

    fn replace_value(
        &mut self,
        property: Property,
        key: &str,
        value: &str,
    ) -> Result<Outcome, EditError> {
        let text = self.document.text();
        let mut splice = self.replaced(property, value);
        if let Some(comment) = comment_after(text, property) {
            let start = layout::line_start(text, property.key.start as usize);
            let indent = layout::indent(text, start);
            let before = &text[start..splice.range.start];
            splice.text = format!(
                "{indent}{comment}{}{before}{}",
                line_end_near(text, start),
                splice.text
            );
            splice.range.start = start;
        }
        self.apply_own(&splice, key, value)
    }

    fn append(&mut self, key: &str, value: &str) -> Result<Outcome, EditError> {
        writable::check_key(key)?;
        let (at, style) = self.end();
        let text = self.lines_below(at, &[style.write(&lower(key), value)]);
        let splice = Splice {
            properties: 1,
            ..Splice::insert(self.index, at, text)
        };
        self.apply_own(&splice, key, value)
    }

    fn apply_own(&mut self, splice: &Splice, key: &str, value: &str) -> Result<Outcome, EditError> {
        self.document.apply(splice, |section| {
            let property = own(section, key);
            property.is_some_and(|property| section.property_ref(property).value() == value)
        })
    }

    /// Returns where a new property is to be written, which is the end of a line, and how.
    fn end(&self) -> (usize, Style) {
        let text = self.document.text();
        let reading = self.document.reading();
        if let Some(last) = reading.properties_of(self.index).last() {
            let at = layout::line_end(text, last.value.end as usize);
            return (at, Style::of(text, last.key.end as usize));
        }
        let section = reading.sections[self.index];
        let at = layout::line_end(text, section.header.end as usize);
        let next = section.properties as usize;
        let properties = &reading.properties;
        let neighbour = properties[..next].last().or(properties.get(next));
        let style = neighbour.map_or_else(Style::usual, |neighbour| {
            Style::of(text, neighbour.key.end as usize)
        });
        (at, self.not_shallower_than_the_next_header(style))
    }

    /// A header below that is indented deeper than a property would belong to its value.
    fn not_shallower_than_the_next_header(&self, style: Style) -> Style {
        let text = self.document.text();
        let next = self.document.reading().sections.get(self.index + 1);
        let next = next.map_or("", |next| layout::indent(text, next.header.start as usize));
        if style.indent.chars().count() < next.chars().count() {
            Style {
                indent: next.to_owned(),
                ..style
            }
        } else {
            style
        }
    }

    /// Puts `value` in the place of the present one, all lines of it.
    fn replaced(&self, property: Property, value: &str) -> Splice {
        let text = self.document.text();
        let end = property.value.end as usize;
        let after_key = &text[property.key.end as usize..];
        let before = white_at_start(after_key);
        let delimiter = property.key.end as usize + before.len();
        let line = &text[delimiter + 1..layout::line_end(text, delimiter)];
        let is_written_below = line::trim(line).is_empty();
        let (range, spacing) = match property.shape {
            _ if value.is_empty() => (delimiter + 1..end, ""),
            Shape::Line | Shape::Block if is_written_below => {
                let spacing = if line.is_empty() { before } else { line };
                (delimiter + 1..end.max(delimiter + 1 + line.len()), spacing)
            }
            Shape::Pair if property.value.is_empty() => (delimiter + 1..end, before),
            _ => (property.value.start as usize..end, ""),
        };
        Splice::replace(self.index, range, format!("{spacing}{value}"))
    }

    /// Returns `lines` as they are to be inserted at byte `at`, the end of a line.
    fn lines_below(&self, at: usize, lines: &[String]) -> String {
        let line_end = line_end_near(self.document.text(), at);
        lines.iter().flat_map(|line| [line_end, line]).collect()
    }
}

/// Returns the last property `key` in `section`, or in any `[DEFAULT]` if that is one.
fn own(section: SectionRef<'_>, key: &str) -> Option<Property> {
    section.own_property(key).copied()
}

/// Returns what an SDK takes for a comment at the end of a value on one line.
fn comment_after(text: &str, property: Property) -> Option<&str> {
    let value = property.value.in_text(text);
    let at = comment_in(value).filter(|_| property.shape == Shape::Line)?;
    Some(&value[at..])
}
