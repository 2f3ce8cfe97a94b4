//! Putting a text in the place of another, and reading what became of it.
//!
//! Of a document without problems and without `[DEFAULT]`, only the sections that the edit is about
//! are read anew, with the header below them: after a header, what is above makes no difference.

use std::ops::Range;

use crate::document::Document;
use crate::edit::{EditError, Outcome, layout};
use crate::problem::{Problem, Reason};
use crate::read::Shift;
use crate::section::SectionRef;
use crate::span::offset;

/// One span of the text and what takes its place.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// The index of the section that this is about, or that it makes.
    pub(super) section: usize,
    /// How many more sections there are to be.
    pub(super) sections: isize,
    /// How many more properties there are to be.
    pub(super) properties: isize,
}

impl Splice {
    /// Puts `text` in the place of `range`, in the section at index `section`.
    pub(super) fn replace(section: usize, range: Range<usize>, text: String) -> Self {
        Self {
            range,
            text,
            section,
            sections: 0,
            properties: 0,
        }
    }

    /// Removes `range`.
    pub(super) fn remove(section: usize, range: Range<usize>) -> Self {
        Self::replace(section, range, String::new())
    }

    /// Writes `text` at byte `at`.
    pub(super) fn insert(section: usize, at: usize, text: String) -> Self {
        Self::replace(section, at..at, text)
    }
}

/// The part of a document that an edit is about: sections and their bytes.
struct Part {
    sections: Range<usize>,
    bytes: Range<usize>,
}

impl Document {
    /// Makes an edit that may mend a duplicate.
    pub(super) fn apply_and_check(
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
            None => self.apply_checked(splice, reads_back),
        }
    }

    /// Makes an edit that may not.
    pub(super) fn apply(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(SectionRef<'_>) -> bool,
    ) -> Result<Outcome, EditError> {
        match self.rejection() {
            Some(problem) => Err(EditError::Rejected(*problem)),
            None => self.apply_checked(splice, reads_back),
        }
    }

    /// Makes an edit, if afterwards there are no problems, as many more sections and properties
    /// as there are to be, and what was written reads back in its section.
    fn apply_checked(
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
            return Err(rejected.unwrap_or(EditError::ChangesMore));
        }
        let (before, after) = (self.reading(), edited.reading());
        let sections = before.sections.len().checked_add_signed(splice.sections);
        let properties = before
            .properties
            .len()
            .checked_add_signed(splice.properties);
        let is_expected = Some(after.sections.len()) == sections
            && Some(after.properties.len()) == properties
            && (splice.sections < 0 || reads_back(SectionRef::new(&edited, splice.section)));
        if !is_expected {
            return Err(EditError::ChangesMore);
        }
        *self = edited;
        Ok(Outcome::Changed)
    }

    /// Returns the part to read anew, if that is enough.
    fn part(&self, splice: &Splice) -> Option<Part> {
        let reading = self.reading();
        // What makes or removes a section is about the one above as well.
        let first = splice
            .section
            .checked_sub(usize::from(splice.sections != 0))?;
        let sections = first..reading.sections.len().min(splice.section + 1);
        let bytes = self.line_of_header(first)..self.line_of_header(sections.end);
        let is_enough = reading.problems.is_empty()
            && reading.defaults.is_empty()
            && bytes.start <= splice.range.start
            && splice.range.end <= bytes.end
            && u32::try_from(self.text().len() + splice.text.len()).is_ok();
        is_enough.then_some(Part { sections, bytes })
    }

    /// Returns where the line of the header at `index` begins; of none, the end of the text.
    fn line_of_header(&self, index: usize) -> usize {
        let section = self.reading().sections.get(index);
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
        if !edited.reading().defaults.is_empty() {
            return self.apply_to_whole(splice, reads_back);
        }
        let section = splice.section - part.sections.start;
        let is_expected = edited.problems().is_empty()
            && self.counts_as_expected(part, splice, &edited)
            && (splice.sections < 0 || reads_back(SectionRef::new(&edited, section)));
        if !is_expected {
            return Err(EditError::ChangesMore);
        }
        self.take_part(part, splice, &edited);
        Ok(Outcome::Changed)
    }

    /// Says whether the part has as many sections, with the header below it, and properties as it
    /// is to have.
    fn counts_as_expected(&self, part: &Part, splice: &Splice, edited: &Self) -> bool {
        let has_below = part.sections.end < self.reading().sections.len();
        let sections =
            (part.sections.len() + usize::from(has_below)).checked_add_signed(splice.sections);
        let properties = self
            .properties_of_part(part)
            .len()
            .checked_add_signed(splice.properties);
        Some(edited.reading().sections.len()) == sections
            && Some(edited.reading().properties.len()) == properties
    }

    /// Returns the indexes of the properties in the part.
    fn properties_of_part(&self, part: &Part) -> Range<usize> {
        let reading = self.reading();
        let start_at = |index: usize| {
            let section = reading.sections.get(index);
            section.map_or(reading.properties.len(), |section| {
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

    /// Takes over what was read in the part, and moves what is below it.
    fn take_part(&mut self, part: &Part, splice: &Splice, edited: &Self) {
        let properties = self.properties_of_part(part);
        let first = self.reading().sections[part.sections.start];
        let into_position = Shift {
            bytes: offset(part.bytes.start),
            lines: first.location.0 - 1,
            properties: first.properties,
        };
        let mut read = edited.reading().clone();
        read.shift(0, 0, into_position);
        let (text, reading) = self.parts_mut();
        if let Some(below) = reading.sections.get(part.sections.end) {
            let moved = read
                .sections
                .pop()
                .expect("the header below was read with the part");
            let down = Shift {
                bytes: moved.header.start.wrapping_sub(below.header.start),
                lines: moved.location.0.wrapping_sub(below.location.0),
                properties: moved.properties.wrapping_sub(below.properties),
            };
            reading.shift(part.sections.end, properties.end, down);
        }
        reading
            .sections
            .splice(part.sections.clone(), read.sections);
        reading.properties.splice(properties, read.properties);
        text.replace_range(splice.range.clone(), &splice.text);
    }
}
