//! Edits of the properties in a section.

use crate::document::Document;
use crate::edit::layout::{self, Style, leading_white_space, line_end_near};
use crate::edit::{EditError, Outcome, Splice, writable};
use crate::line;
use crate::property::PropertyRef;
use crate::property::comment_in;
use crate::section::SectionRef;
use crate::syntax::{Property, Shape, lower, pieces};

/// A section of a document for editing.
///
/// Keys are case-insensitive, and new keys are written in lower case; keys of pairs in a block are
/// case-sensitive. An existing key keeps its spelling, its indent and the spacing of its
/// delimiter. Of duplicate keys, the last one is edited.
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

    /// Sets `key` to `value`, unless the section inherits this value from `[DEFAULT]`.
    ///
    /// Replaces all lines of the previous value. If SDKs read the end of the previous value as a
    /// comment, moves that comment to its own line above. Adds a new key after the last property of
    /// the section, in the same layout.
    ///
    /// # Errors
    ///
    /// [`EditError::UnwritableValue`], [`EditError::UnwritableKey`],
    /// [`EditError::AffectsOtherLines`], or [`EditError::Rejected`] if the document has problems.
    pub fn set(&mut self, key: &str, value: &str) -> Result<Outcome, EditError> {
        let present = self.section().get(key);
        if present.is_some_and(|property| property.value() == value) {
            return Ok(Outcome::Unchanged);
        }
        self.set_own(key, value)
    }

    /// Sets `key` to `value` in the section itself, even if it inherits this value from `[DEFAULT]`.
    ///
    /// # Errors
    ///
    /// The same as [`set`](Self::set).
    pub fn set_own(&mut self, key: &str, value: &str) -> Result<Outcome, EditError> {
        let own = self.own_property(key);
        if own.is_some_and(|own| self.section().property_ref(own).value() == value) {
            return Ok(Outcome::Unchanged);
        }
        writable::check_value(value)?;
        match own {
            Some(property) => self.replace_value(property, key, value),
            None => self.append(key, value),
        }
    }

    /// Removes `key` with all lines of its value.
    ///
    /// # Errors
    ///
    /// [`EditError::AffectsOtherLines`], or [`EditError::Rejected`] if the document has problems
    /// that the removal does not fix.
    pub fn remove(&mut self, key: &str) -> Result<Outcome, EditError> {
        let Some(property) = self.own_property(key) else {
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
        self.document.apply_despite_duplicates(&splice, |_| true)
    }

    /// Renames `key` to `new`, in lower case.
    ///
    /// # Errors
    ///
    /// [`EditError::NotFound`], [`EditError::KeyExists`], [`EditError::UnwritableKey`],
    /// [`EditError::AffectsOtherLines`], or [`EditError::Rejected`] if the document has problems
    /// that the new name does not fix.
    pub fn rename(&mut self, key: &str, new: &str) -> Result<Outcome, EditError> {
        let property = self.own_property(key).ok_or(EditError::NotFound)?;
        if lower(key) == lower(new) {
            return Ok(Outcome::Unchanged);
        }
        if self.own_property(new).is_some() {
            return Err(EditError::KeyExists);
        }
        writable::check_key(new)?;
        let splice = Splice::replace(self.index, property.key.range(), lower(new).into_owned());
        self.document
            .apply_despite_duplicates(&splice, |section| own_property(section, new).is_some())
    }
}

/// Edits of pairs in a block, the indented lines below `block =`.
impl SectionMut<'_> {
    /// Sets the pair `key` in the block `block` to `value`. Adds a missing block.
    ///
    /// # Errors
    ///
    /// [`EditError::NotABlock`], [`EditError::UnwritableValue`], [`EditError::UnwritableKey`],
    /// [`EditError::AffectsOtherLines`], or [`EditError::Rejected`] if the document has problems.
    pub fn set_in(&mut self, block: &str, key: &str, value: &str) -> Result<Outcome, EditError> {
        if self
            .pair_value(block, key)
            .is_some_and(|present| present == value)
        {
            return Ok(Outcome::Unchanged);
        }
        writable::check_pair_value(value)?;
        if let Some(pair) = self.own_pair(block, key) {
            let splice = self.value_splice(pair, value);
            return self.apply_in(&splice, block, key, value);
        }
        writable::check_pair_key(key)?;
        match self.own_property(block) {
            None => {
                writable::check_key(block)?;
                let (at, style) = self.append_position();
                let lines = [
                    style.format(&lower(block), ""),
                    style.nested().format(key, value),
                ];
                let text = self.inserted_lines(at, &lines);
                let splice = Splice {
                    properties: 1,
                    ..Splice::insert(self.index, at, text)
                };
                self.apply_in(&splice, block, key, value)
            }
            Some(property) => {
                let splice = self.new_pair_splice(property, key, value)?;
                self.apply_in(&splice, block, key, value)
            }
        }
    }

    /// Removes all pairs `key` from the block `block`, and removes the block if it has no other
    /// pairs.
    ///
    /// # Errors
    ///
    /// [`EditError::AffectsOtherLines`], for example if the rest of the line would become a comment, or
    /// [`EditError::Rejected`] if the document has problems. Then no pair is removed.
    pub fn remove_in(&mut self, block: &str, key: &str) -> Result<Outcome, EditError> {
        let before = self.document.clone();
        let outcome = self.remove_pairs(block, key);
        if outcome.is_err() {
            *self.document = before;
        }
        outcome
    }

    fn remove_pairs(&mut self, block: &str, key: &str) -> Result<Outcome, EditError> {
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
            let mut kept = own_pairs(section, block);
            kept.retain(|(at, _)| *at != pair.key.start);
            let kept: Vec<_> = kept.into_iter().map(|(_, text)| text).collect();
            outcome = self.document.apply(&splice, |section| {
                let left = own_pairs(section, block).into_iter();
                left.map(|(_, text)| text).eq(kept.iter().cloned())
            })?;
        }
        Ok(outcome)
    }

    /// Renames the pair `key` of the block `block` to `new`.
    ///
    /// # Errors
    ///
    /// [`EditError::NotFound`], [`EditError::KeyExists`], [`EditError::UnwritableKey`],
    /// [`EditError::AffectsOtherLines`], or [`EditError::Rejected`] if the document has problems.
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
        let block = PropertyRef::new(self.document, self.own_property(block)?);
        Some(*block.get(key)?.property())
    }

    fn pair_value(&self, block: &str, key: &str) -> Option<String> {
        let pair = self.section().get(block)?.get(key)?;
        Some(pair.value().into_owned())
    }

    fn new_pair_splice(
        &self,
        block: Property,
        key: &str,
        value: &str,
    ) -> Result<Splice, EditError> {
        let text = self.document.text();
        let pairs = PropertyRef::new(self.document, block).pairs();
        let style = match pairs.last() {
            Some(pair) => Style::of(text, pair.property().key.end as usize),
            None if block.value.is_empty() => Style::of(text, block.key.end as usize).nested(),
            None => return Err(EditError::NotABlock),
        };
        let at = layout::line_end(text, block.value.end as usize);
        Ok(Splice::insert(
            self.index,
            at,
            self.inserted_lines(at, &[style.format(key, value)]),
        ))
    }

    /// Returns the byte range of a pair: its line, or a part of it if the line has other pairs.
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
            let block = own_property(section, block);
            let pair = block.and_then(|block| section.property_ref(block).get(key));
            pair.is_some_and(|pair| pair.value() == value)
        })
    }
}

impl SectionMut<'_> {
    fn own_property(&self, key: &str) -> Option<Property> {
        own_property(self.section(), key)
    }

    fn replace_value(
        &mut self,
        property: Property,
        key: &str,
        value: &str,
    ) -> Result<Outcome, EditError> {
        let text = self.document.text();
        let mut splice = self.value_splice(property, value);
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
        let (at, style) = self.append_position();
        let text = self.inserted_lines(at, &[style.format(&lower(key), value)]);
        let splice = Splice {
            properties: 1,
            ..Splice::insert(self.index, at, text)
        };
        self.apply_own(&splice, key, value)
    }

    fn apply_own(&mut self, splice: &Splice, key: &str, value: &str) -> Result<Outcome, EditError> {
        self.document.apply(splice, |section| {
            let property = own_property(section, key);
            property.is_some_and(|property| section.property_ref(property).value() == value)
        })
    }

    /// Returns the position for a new property, which is the end of a line, and its style.
    fn append_position(&self) -> (usize, Style) {
        let text = self.document.text();
        let parsed = self.document.parsed();
        if let Some(last) = parsed.properties_of(self.index).last() {
            let at = layout::line_end(text, last.value.end as usize);
            return (at, Style::of(text, last.key.end as usize));
        }
        let section = parsed.sections[self.index];
        let at = layout::line_end(text, section.header.end as usize);
        let next = section.properties as usize;
        let properties = &parsed.properties;
        let neighbour = properties[..next].last().or(properties.get(next));
        let style = neighbour.map_or_else(Style::usual, |neighbour| {
            Style::of(text, neighbour.key.end as usize)
        });
        (at, self.indented_like_next_header(style))
    }

    /// Returns `style` with at least the indent of the next header. A header that is indented
    /// deeper than the property above it would continue that property's value.
    fn indented_like_next_header(&self, style: Style) -> Style {
        let text = self.document.text();
        let next = self.document.parsed().sections.get(self.index + 1);
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

    fn value_splice(&self, property: Property, value: &str) -> Splice {
        let text = self.document.text();
        let end = property.value.end as usize;
        let after_key = &text[property.key.end as usize..];
        let before = leading_white_space(after_key);
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

    /// Returns the text to insert at byte `at`, which must be the end of a line.
    fn inserted_lines(&self, at: usize, lines: &[String]) -> String {
        let line_end = line_end_near(self.document.text(), at);
        lines.iter().flat_map(|line| [line_end, line]).collect()
    }
}

fn own_property(section: SectionRef<'_>, key: &str) -> Option<Property> {
    section.own_property(key).copied()
}

/// Returns the key and value of each pair of a block, with the position of the key.
fn own_pairs(section: SectionRef<'_>, block: &str) -> Vec<(u32, (String, String))> {
    let block = own_property(section, block).map(|block| section.property_ref(block));
    let pairs = block.into_iter().flat_map(|block| block.pairs());
    let texts = pairs.map(|pair| {
        let text = (pair.spelling().to_owned(), pair.value().into_owned());
        (pair.property().key.start, text)
    });
    texts.collect()
}

/// Returns the text that an SDK reads as a comment after a single-line value.
fn comment_after(text: &str, property: Property) -> Option<&str> {
    let value = property.value.in_text(text);
    let at = comment_in(value).filter(|_| property.shape == Shape::Line)?;
    Some(&value[at..])
}
