//! Changing a document: one span of bytes at a time, and never into one that does not read back.

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

/// What an edit did to the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The document is another now.
    Changed,
    /// What was asked for was so already; every byte is the same.
    Unchanged,
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
        self.name_last_section(&name);
        Ok(count)
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
        let index = section.index();
        let span = self.reading().sections[index].header;
        let splice = Splice::replace(index, span.range(), header);
        let outcome = self.apply_and_check(&splice, |section| section.name() == new.normal());
        self.forget_names();
        outcome
    }

    /// Returns the first byte of the section's header and the last of what is its own.
    fn extent(&self, index: usize) -> (usize, usize) {
        let header = self.reading().sections[index].header;
        let last = self.reading().properties_of(index).last();
        let end = last.map_or(header.end, |property| property.value.end);
        (header.start as usize, end as usize)
    }

    /// Returns how many blank lines stand before the last header, but for those of the sections
    /// `except`; one if there is only the first.
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
