//! Changing a document: one span of bytes at a time, and never into one that does not read back.

mod error;

mod section;

mod layout;
mod writable;

use std::ops::Range;

use crate::edit::layout::{blank_lines_before, comments_before, line_end_near};
use crate::line;
use crate::problem::{Problem, Reason};
use crate::{Document, SectionName};

pub use error::EditError;
pub use section::SectionMut;

/// What an edit did to the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The document is another now.
    Changed,
    /// What was asked for was so already; every byte is the same.
    Unchanged,
}

/// One span of the text and what takes its place.
#[derive(Debug)]
pub(crate) struct Splice {
    range: Range<usize>,
    text: String,
    /// How many more sections there are to be.
    sections: isize,
    /// How many more properties there are to be.
    properties: isize,
}

impl Outcome {
    /// Returns what two edits, one after the other, did.
    #[must_use]
    pub fn and(self, next: Self) -> Self {
        match self {
            Self::Changed => self,
            Self::Unchanged => next,
        }
    }
}

/// Edits. Each is made as a whole or refused; a document with [`problems`](Document::problems)
/// takes only the removal or the renaming of a duplicate, after which there must be none left.
///
/// To make several edits or none, make them on a clone.
impl Document {
    /// Returns the section that counts for `name` for editing, if there is one.
    pub fn section_mut(&mut self, name: &SectionName<'_>) -> Option<SectionMut<'_>> {
        let index = self.section(name)?.index();
        Some(SectionMut::new(self, index))
    }

    /// Makes sure that there is a section `name`, and returns it for editing.
    ///
    /// A new one comes after the last line that is not blank, set off by as many blank lines as
    /// the last header is. Its header is quoted only where it must be.
    ///
    /// # Errors
    ///
    /// If the name cannot be written in a file of this kind, or the document has problems.
    pub fn add_section(&mut self, name: &SectionName<'_>) -> Result<SectionMut<'_>, EditError> {
        let index = match self.section(name) {
            Some(section) => section.index(),
            None => self.append_section(name)?,
        };
        Ok(SectionMut::new(self, index))
    }

    fn append_section(&mut self, name: &SectionName<'_>) -> Result<usize, EditError> {
        let header = writable::spell(self.kind(), &name.normal())?;
        let text = self.text();
        let at = layout::line_end(text, text.trim_end_matches(line::is_white).len());
        let line_end = line_end_near(text, at);
        let text = if text[..at].trim_matches(line::is_white).is_empty() {
            format!("[{header}]{line_end}")
        } else {
            let distance = 1 + self.blank_lines_between_sections(None);
            format!("{}[{header}]", line_end.repeat(distance))
        };
        let count = self.sections().len();
        let splice = Splice {
            sections: 1,
            ..Splice::insert(at, text)
        };
        self.apply(&splice, |document| document.section(name).is_some())?;
        Ok(count)
    }

    /// Removes the section that counts for `name`: from its header to the last line of its last
    /// property, and the blank lines that set it off. If another spelling of the name stands
    /// further up, that one counts from then on.
    ///
    /// # Errors
    ///
    /// If the document has problems that this does not mend.
    pub fn remove_section(&mut self, name: &SectionName<'_>) -> Result<Outcome, EditError> {
        let Some(section) = self.section(name) else {
            return Ok(Outcome::Unchanged);
        };
        let index = section.index();
        let splice = Splice {
            sections: -1,
            properties: -signed(self.reading().properties_of(index).len()),
            ..Splice::replace(self.whole(index), String::new())
        };
        self.mend(&splice, |_| true)
    }

    /// Renames the section that counts for `name`. The line of its header stays as it is, but for
    /// what is between the brackets.
    ///
    /// # Errors
    ///
    /// If there is none, or one of the new name is there, or the new name cannot be written, or
    /// the document has problems that this does not mend.
    pub fn rename_section(
        &mut self,
        name: &SectionName<'_>,
        new: &SectionName<'_>,
    ) -> Result<Outcome, EditError> {
        let section = self.section(name).ok_or(EditError::NotFound)?;
        if section.name() == new.normal() {
            return Ok(Outcome::Unchanged);
        }
        if self.section(new).is_some() {
            return Err(EditError::SectionExists);
        }
        let header = writable::spell(self.kind(), &new.normal())?;
        let span = self.reading().sections[section.index()].header;
        let splice = Splice::replace(span.range(), header);
        self.mend(&splice, |document| document.section(new).is_some())
    }

    /// Returns the bytes of a section with the blank lines that set it off: those above it, or
    /// those below if it is the first.
    fn whole(&self, index: usize) -> Range<usize> {
        let text = self.text();
        let (first, last) = self.extent(index);
        let start = layout::line_start(text, first);
        let is_at_top = line::trim(&text[..start]).is_empty();
        if is_at_top && index + 1 < self.sections().len() {
            let range = layout::lines(text, first, last);
            let below = &text[range.end..];
            let blank = below.len() - below.trim_start_matches(line::is_white).len();
            return range.start..layout::line_start(text, range.end + blank);
        }
        let count = self.blank_lines_between_sections(Some(index));
        let blank_lines = blank_lines_before(text, start).take(count);
        layout::lines(text, blank_lines.last().unwrap_or(start), last)
    }

    /// Returns the first byte of the section's header and the last of what is its own.
    fn extent(&self, index: usize) -> (usize, usize) {
        let header = self.reading().sections[index].header;
        let last = self.reading().properties_of(index).last();
        let end = last.map_or(header.end, |property| property.value.end);
        (header.start as usize, end as usize)
    }

    /// Returns how many blank lines stand before the last header, but for that of section
    /// `except`; one if there is only the first.
    fn blank_lines_between_sections(&self, except: Option<usize>) -> usize {
        let sections = self
            .sections()
            .filter(|section| Some(section.index()) != except);
        let Some(last) = sections.skip(1).last() else {
            return 1;
        };
        let (start, _) = self.extent(last.index());
        let text = self.text();
        let start = comments_before(text, layout::line_start(text, start));
        blank_lines_before(text, start).count()
    }

    /// Makes an edit that may mend a duplicate.
    fn mend(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(&Self) -> bool,
    ) -> Result<Outcome, EditError> {
        let is_other = |problem: &&Problem| {
            !matches!(
                problem.reason(),
                Reason::DuplicateSection | Reason::DuplicateKey
            )
        };
        match self.problems().iter().find(is_other) {
            Some(problem) => Err(EditError::Rejected(*problem)),
            None => self.apply_checked(splice, reads_back),
        }
    }

    /// Makes an edit that may not.
    fn apply(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(&Self) -> bool,
    ) -> Result<Outcome, EditError> {
        match self.rejection() {
            Some(problem) => Err(EditError::Rejected(*problem)),
            None => self.apply_checked(splice, reads_back),
        }
    }

    /// Makes an edit, if afterwards there are no problems, as many more sections and properties
    /// as there are to be, and what was written reads back.
    fn apply_checked(
        &mut self,
        splice: &Splice,
        reads_back: impl Fn(&Self) -> bool,
    ) -> Result<Outcome, EditError> {
        let edited = Self::parse(self.kind(), splice.applied(self.text()));
        if edited.rejection().is_some() {
            let rejected = self.rejection().copied().map(EditError::Rejected);
            return Err(rejected.unwrap_or(EditError::ChangesMore));
        }
        let sections = signed(self.reading().sections.len()) + splice.sections;
        let properties = signed(self.reading().properties.len()) + splice.properties;
        if signed(edited.reading().sections.len()) != sections
            || signed(edited.reading().properties.len()) != properties
            || !reads_back(&edited)
        {
            return Err(EditError::ChangesMore);
        }
        *self = edited;
        Ok(Outcome::Changed)
    }
}

impl Splice {
    /// Puts `text` in the place of `range`.
    fn replace(range: Range<usize>, text: String) -> Self {
        Self {
            range,
            text,
            sections: 0,
            properties: 0,
        }
    }

    fn insert(at: usize, text: String) -> Self {
        Self::replace(at..at, text)
    }

    fn applied(&self, text: &str) -> String {
        let (before, after) = (&text[..self.range.start], &text[self.range.end..]);
        [before, &self.text, after].concat()
    }
}

fn signed(count: usize) -> isize {
    isize::try_from(count).expect("a document has fewer parts than bytes")
}
