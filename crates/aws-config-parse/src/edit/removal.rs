//! Removal of sections.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::document::Document;
use crate::edit::layout::{self, before_line_end, blank_lines_before};
use crate::edit::splice::Splice;
use crate::edit::{EditError, Outcome};
use crate::line;
use crate::name::SectionName;

impl Document {
    /// Removes the effective section of `name`, from its header to the last line of its last
    /// property, with the blank lines that separate it from others.
    ///
    /// An earlier section of the same name becomes the effective one.
    ///
    /// # Errors
    ///
    /// [`EditError::AffectsOtherLines`], or [`EditError::Rejected`] if the document has problems
    /// that the removal does not fix.
    pub fn remove_section(&mut self, name: &SectionName<'_>) -> Result<Outcome, EditError> {
        self.remove_sections(std::slice::from_ref(name))
    }

    /// Removes the effective sections of `names`, like [`remove_section`](Self::remove_section).
    /// Ignores names without a section.
    ///
    /// Removes all of them or none, in time linear in the size of the file.
    ///
    /// # Errors
    ///
    /// The same as [`remove_section`](Self::remove_section).
    pub fn remove_sections(&mut self, names: &[SectionName<'_>]) -> Result<Outcome, EditError> {
        let sections = names.iter().filter_map(|name| self.section(name));
        let indexes: BTreeSet<_> = sections.map(|section| section.index()).collect();
        let Some(first) = indexes.first() else {
            return Ok(Outcome::Unchanged);
        };
        let ranges = self.removal_ranges(&indexes);
        let properties = indexes
            .iter()
            .map(|index| self.parsed().properties_of(*index).len());
        let splice = Splice {
            sections: -signed(indexes.len()),
            properties: -signed(properties.sum()),
            ..Splice::replace(*first, enclosing_range(&ranges), self.text_between(&ranges))
        };
        let outcome = self.apply_despite_duplicates(&splice, |_| true);
        self.clear_index();
        outcome
    }

    /// Returns the byte ranges of sections with the blank lines above them, or below them if no
    /// line is left above. The ranges are sorted and do not touch.
    fn removal_ranges(&self, indexes: &BTreeSet<usize>) -> Vec<Range<usize>> {
        let text = self.text();
        let distance = self.blank_lines_between_sections(indexes);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut is_at_top = true;
        for index in indexes {
            let above = ranges.last().map_or(0, |range| range.end);
            let (first, last) = self.extent(*index);
            let header = layout::line_start(text, first);
            is_at_top = is_at_top && line::trim(&text[above..header]).is_empty();
            let range = if is_at_top && index + 1 < self.sections().len() {
                header..end_of_blank_lines(text, end_of_line(text, last))
            } else {
                let blank_lines = blank_lines_before(text, header).take(distance);
                let start = blank_lines.last().unwrap_or(header);
                start.max(above)..end_of_line(text, last)
            };
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
        if let Some(last) = ranges.last_mut()
            && last.end == text.len()
            && !text.ends_with(['\n', '\r'])
        {
            // The file has no final line end, so the result must have none either.
            last.start = before_line_end(text, last.start);
        }
        ranges
    }

    fn text_between(&self, ranges: &[Range<usize>]) -> String {
        let pairs = ranges.windows(2);
        let rest = pairs.map(|pair| &self.text()[pair[0].end..pair[1].start]);
        rest.collect()
    }
}

fn enclosing_range(ranges: &[Range<usize>]) -> Range<usize> {
    let start = ranges.first().map_or(0, |range| range.start);
    start..ranges.last().map_or(start, |range| range.end)
}

/// Returns the end of the line that contains byte `at`, after its line end.
fn end_of_line(text: &str, at: usize) -> usize {
    layout::lines(text, at, at).end
}

/// Returns the start of the first line from byte `start` on that is not blank.
fn end_of_blank_lines(text: &str, start: usize) -> usize {
    let below = &text[start..];
    let blank = below.len() - below.trim_start_matches(line::is_white_space).len();
    layout::line_start(text, start + blank)
}

fn signed(count: usize) -> isize {
    isize::try_from(count).expect("a document has fewer parts than bytes")
}
