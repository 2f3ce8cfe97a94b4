//! Edits of a document. Each edit replaces one range of bytes. It is refused if the result would
//! not read back as requested.

mod error;

mod removal;
mod section;

mod layout;
mod splice;
mod writable;

use std::collections::BTreeSet;

use crate::document::Document;
use crate::edit::layout::{blank_lines_before, comments_before, line_end_near};
use crate::line;
use crate::name::SectionName;

use splice::Splice;

pub use error::EditError;
pub use section::SectionMut;

/// Effect of an edit on the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The edit changed the document.
    Changed,
    /// The document already was as requested; no byte changed.
    Unchanged,
}

impl Outcome {
    /// Returns the combined effect of two edits.
    #[must_use]
    pub fn and(self, next: Self) -> Self {
        match self {
            Self::Changed => self,
            Self::Unchanged => next,
        }
    }
}

/// Edits. Each edit is applied completely or refused.
///
/// A document with [`problems`](Document::problems) accepts only the removal or renaming of a
/// duplicate, and only if no problem is left. To apply several edits or none, edit a clone.
impl Document {
    /// Returns the effective section of `name` for editing, if there is one.
    pub fn section_mut(&mut self, name: &SectionName<'_>) -> Option<SectionMut<'_>> {
        let index = self.section(name)?.index();
        Some(SectionMut::new(self, index))
    }

    /// Returns the effective section of `name` for editing, and adds it if it is missing.
    ///
    /// Adds a new section after the last line that is not blank, separated by as many blank lines
    /// as the last header, or by one. Quotes the name only if necessary.
    ///
    /// # Errors
    ///
    /// [`EditError::UnwritableName`], [`EditError::AffectsOtherLines`], or [`EditError::Rejected`]
    /// if the document has problems.
    pub fn add_section(&mut self, name: &SectionName<'_>) -> Result<SectionMut<'_>, EditError> {
        let index = match self.section(name) {
            Some(section) => section.index(),
            None => self.append_section(name)?,
        };
        Ok(SectionMut::new(self, index))
    }

    fn append_section(&mut self, name: &SectionName<'_>) -> Result<usize, EditError> {
        let header = writable::header(self.kind(), &name.normal())?;
        let text = self.text();
        let at = layout::line_end(text, text.trim_end_matches(line::is_white_space).len());
        let line_end = line_end_near(text, at);
        let text = if text[..at].trim_matches(line::is_white_space).is_empty() {
            format!("[{header}]{line_end}")
        } else {
            let distance = 1 + self.blank_lines_between_sections(&BTreeSet::new());
            format!("{}[{header}]", line_end.repeat(distance))
        };
        let count = self.sections().len();
        let splice = Splice {
            sections: 1,
            ..Splice::insert(count, at, text)
        };
        let name = name.normal();
        self.apply(&splice, |section| section.name() == name)?;
        self.index_last_section(&name);
        Ok(count)
    }

    /// Renames the effective section of `name`. Changes only the text between the brackets of its
    /// header.
    ///
    /// # Errors
    ///
    /// [`EditError::NotFound`], [`EditError::SectionExists`], [`EditError::UnwritableName`],
    /// [`EditError::AffectsOtherLines`], or [`EditError::Rejected`] if the document has problems
    /// that the new name does not fix.
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
        let header = writable::header(self.kind(), &new.normal())?;
        let index = section.index();
        let span = self.parsed().sections[index].header;
        let splice = Splice::replace(index, span.range(), header);
        let outcome =
            self.apply_despite_duplicates(&splice, |section| section.name() == new.normal())?;
        self.index_renamed_section(index);
        Ok(outcome)
    }

    /// Returns the start of the section's header and the end of its last property.
    fn extent(&self, index: usize) -> (usize, usize) {
        let header = self.parsed().sections[index].header;
        let last = self.parsed().properties_of(index).last();
        let end = last.map_or(header.end, |property| property.value.end);
        (header.start as usize, end as usize)
    }

    /// Returns the number of blank lines above the last header that is not in `except`, or 1 if
    /// there are fewer than two such headers.
    fn blank_lines_between_sections(&self, except: &BTreeSet<usize>) -> usize {
        let sections = self.sections().rev();
        let mut sections = sections.filter(|section| !except.contains(&section.index()));
        let (Some(last), Some(_)) = (sections.next(), sections.next()) else {
            return 1;
        };
        let (start, _) = self.extent(last.index());
        let text = self.text();
        let start = comments_before(text, layout::line_start(text, start));
        blank_lines_before(text, start).count()
    }
}
