//! Replacement of a range of text, and parsing of the result.
//!
//! In a document without problems, only the edited sections and the header below them are parsed
//! again: the meaning of lines below a header does not depend on lines above it. `[DEFAULT]` is an
//! exception: its duplicate keys may be in another section, and whether a block in it is parsed
//! depends on all other sections.

use std::ops::Range;

use crate::document::Document;
use crate::edit::{EditError, Outcome, layout};
use crate::parse::Shift;
use crate::problem::{Problem, Reason};
use crate::section::SectionRef;
use crate::span::offset;
use crate::syntax::Shape;

#[derive(Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// Index of the section that is edited or added.
    pub(super) section: usize,
    /// Expected change of the number of sections.
    pub(super) sections: isize,
    /// Expected change of the number of properties.
    pub(super) properties: isize,
}

impl Splice {
    pub(super) fn replace(section: usize, range: Range<usize>, text: String) -> Self {
        Self {
            range,
            text,
            section,
            sections: 0,
            properties: 0,
        }
    }

    pub(super) fn remove(section: usize, range: Range<usize>) -> Self {
        Self::replace(section, range, String::new())
    }

    pub(super) fn insert(section: usize, at: usize, text: String) -> Self {
        Self::replace(section, at..at, text)
    }
}

/// The part of a document that an edit affects.
struct Part {
    sections: Range<usize>,
    bytes: Range<usize>,
}

impl Document {
    /// Applies an edit that may fix a duplicate. The document must have no other problems.
    pub(super) fn apply_despite_duplicates(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(SectionRef<'_>) -> bool,
    ) -> Result<Outcome, EditError> {
        let is_other = |problem: &&Problem| {
            let reason = problem.reason();
            !matches!(reason, Reason::DuplicateSection | Reason::DuplicateKey)
        };
        match self.problems().iter().find(is_other) {
            Some(problem) => Err(EditError::Rejected(*problem)),
            None => self.apply_if_expected(splice, reads_back),
        }
    }

    pub(super) fn apply(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(SectionRef<'_>) -> bool,
    ) -> Result<Outcome, EditError> {
        match self.rejection() {
            Some(problem) => Err(EditError::Rejected(*problem)),
            None => self.apply_if_expected(splice, reads_back),
        }
    }

    /// Applies an edit, unless the result has problems or an unexpected number of sections or
    /// properties, or `reads_back` returns false for the edited section.
    fn apply_if_expected(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(SectionRef<'_>) -> bool,
    ) -> Result<Outcome, EditError> {
        match self.part(splice) {
            Some(part) => self.apply_to_part(&part, splice, reads_back),
            None => self.apply_to_whole(splice, reads_back),
        }
    }

    fn apply_to_whole(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(SectionRef<'_>) -> bool,
    ) -> Result<Outcome, EditError> {
        let whole = 0..self.text().len();
        let edited = Self::parse(self.kind(), self.spliced(&whole, splice));
        if edited.rejection().is_some() {
            let rejected = self.rejection().copied().map(EditError::Rejected);
            return Err(rejected.unwrap_or(EditError::AffectsOtherLines));
        }
        let (before, after) = (self.parsed(), edited.parsed());
        let sections = before.sections.len().checked_add_signed(splice.sections);
        let properties = before
            .properties
            .len()
            .checked_add_signed(splice.properties);
        let is_expected = Some(after.sections.len()) == sections
            && Some(after.properties.len()) == properties
            && (splice.sections < 0 || reads_back(SectionRef::new(&edited, splice.section)));
        if !is_expected {
            return Err(EditError::AffectsOtherLines);
        }
        *self = edited;
        Ok(Outcome::Changed)
    }

    /// Returns the part to parse again, or `None` if the whole document must be parsed.
    fn part(&self, splice: &Splice) -> Option<Part> {
        let parsed = self.parsed();
        // Adding or removing a section also affects the section above.
        let first = splice
            .section
            .checked_sub(usize::from(splice.sections != 0))?;
        let sections = first..parsed.sections.len().min(splice.section + 1);
        let bytes = self.start_of_header_line(first)..self.start_of_header_line(sections.end);
        let is_enough = parsed.problems.is_empty()
            && !parsed
                .default_sections
                .iter()
                .any(|index| sections.contains(index))
            && self
                .defaults()
                .all(|property| property.shape != Shape::Block)
            && bytes.start <= splice.range.start
            && splice.range.end <= bytes.end
            && u32::try_from(self.text().len() + splice.text.len()).is_ok();
        is_enough.then_some(Part { sections, bytes })
    }

    /// Returns the end of the text if there is no header at `index`.
    fn start_of_header_line(&self, index: usize) -> usize {
        let section = self.parsed().sections.get(index);
        section.map_or(self.text().len(), |section| {
            layout::line_start(self.text(), section.header.start as usize)
        })
    }

    fn apply_to_part(
        &mut self,
        part: &Part,
        splice: &Splice,
        reads_back: impl Fn(SectionRef<'_>) -> bool,
    ) -> Result<Outcome, EditError> {
        let below = layout::line_end(self.text(), part.bytes.end);
        let with_header_below = part.bytes.start..below;
        let edited = Self::parse(self.kind(), self.spliced(&with_header_below, splice));
        if !edited.parsed().default_sections.is_empty() {
            return self.apply_to_whole(splice, reads_back);
        }
        let section = splice.section - part.sections.start;
        let is_expected = edited.problems().is_empty()
            && self.has_expected_counts(part, splice, &edited)
            && (splice.sections < 0 || reads_back(SectionRef::new(&edited, section)));
        if !is_expected {
            return Err(EditError::AffectsOtherLines);
        }
        self.replace_part(part, splice, &edited);
        Ok(Outcome::Changed)
    }

    fn has_expected_counts(&self, part: &Part, splice: &Splice, edited: &Self) -> bool {
        let has_below = part.sections.end < self.parsed().sections.len();
        let sections =
            (part.sections.len() + usize::from(has_below)).checked_add_signed(splice.sections);
        let properties = self
            .properties_of_part(part)
            .len()
            .checked_add_signed(splice.properties);
        Some(edited.parsed().sections.len()) == sections
            && Some(edited.parsed().properties.len()) == properties
    }

    fn properties_of_part(&self, part: &Part) -> Range<usize> {
        let parsed = self.parsed();
        let start_at = |index: usize| {
            let section = parsed.sections.get(index);
            section.map_or(parsed.properties.len(), |section| {
                section.properties as usize
            })
        };
        start_at(part.sections.start)..start_at(part.sections.end)
    }

    fn spliced(&self, bytes: &Range<usize>, splice: &Splice) -> String {
        let text = self.text();
        let before = &text[bytes.start..splice.range.start];
        let after = &text[splice.range.end..bytes.end];
        [before, &splice.text, after].concat()
    }

    fn replace_part(&mut self, part: &Part, splice: &Splice, edited: &Self) {
        let properties = self.properties_of_part(part);
        let first = self.parsed().sections[part.sections.start];
        let into_position = Shift {
            bytes: offset(part.bytes.start),
            lines: first.location.0 - 1,
            properties: first.properties,
        };
        let mut edited_part = edited.parsed().clone();
        edited_part.shift(0, 0, into_position);
        let (text, parsed) = self.parts_mut();
        if let Some(below) = parsed.sections.get(part.sections.end) {
            let moved = edited_part
                .sections
                .pop()
                .expect("the header below was parsed with the part");
            let down = Shift {
                bytes: moved.header.start.wrapping_sub(below.header.start),
                lines: moved.location.0.wrapping_sub(below.location.0),
                properties: moved.properties.wrapping_sub(below.properties),
            };
            parsed.shift(part.sections.end, properties.end, down);
        }
        for index in &mut parsed.default_sections {
            if part.sections.end <= *index {
                *index = index.saturating_add_signed(splice.sections);
            }
        }
        parsed
            .sections
            .splice(part.sections.clone(), edited_part.sections);
        parsed.properties.splice(properties, edited_part.properties);
        text.replace_range(splice.range.clone(), &splice.text);
    }
}
