//! Removing sections, one or thousands, in one edit.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::document::Document;
use crate::edit::layout::{self, before_line_end, blank_lines_before};
use crate::edit::splice::Splice;
use crate::edit::{EditError, Outcome};
use crate::line;
use crate::name::SectionName;

impl Document {
    /// Removes the section that counts for `name`: from its header to the last line of its last
    /// property, and the blank lines that set it off. If another spelling of the name stands
    /// further up, that one counts from then on.
    ///
    /// # Errors
    ///
    /// If the document has problems that this does not mend.
    pub fn remove_section(&mut self, name: &SectionName<'_>) -> Result<Outcome, EditError> {
        self.remove_sections(std::slice::from_ref(name))
    }

    /// Removes the sections that count for `names`, each as [`remove_section`](Self::remove_section)
    /// does; all of them or none, in time linear in the size of the file. A name that has no
    /// section is passed over.
    ///
    /// # Errors
    ///
    /// If the document has problems that this does not mend.
    pub fn remove_sections(&mut self, names: &[SectionName<'_>]) -> Result<Outcome, EditError> {
        let sections = names.iter().filter_map(|name| self.section(name));
        let indexes: BTreeSet<_> = sections.map(|section| section.index()).collect();
        let Some(first) = indexes.first() else {
            return Ok(Outcome::Unchanged);
        };
        let ranges = self.wholes(&indexes);
        let properties = indexes
            .iter()
            .map(|index| self.reading().properties_of(*index).len());
        let splice = Splice {
            sections: -signed(indexes.len()),
            properties: -signed(properties.sum()),
            ..Splice::replace(*first, hull(&ranges), self.between(&ranges))
        };
        let outcome = self.apply_and_check(&splice, |_| true);
        self.forget_names();
        outcome
    }

    /// Returns the bytes of sections with the blank lines that set them off: those above, or those
    /// below where no line stays above. They do not touch, and come in the order of the file.
    fn wholes(&self, indexes: &BTreeSet<usize>) -> Vec<Range<usize>> {
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
            // As the file ends without a line end, it will again.
            last.start = before_line_end(text, last.start);
        }
        ranges
    }

    /// Returns what stays between `ranges`.
    fn between(&self, ranges: &[Range<usize>]) -> String {
        let pairs = ranges.windows(2);
        let rest = pairs.map(|pair| &self.text()[pair[0].end..pair[1].start]);
        rest.collect()
    }
}

/// Returns the range from the start of the first to the end of the last.
fn hull(ranges: &[Range<usize>]) -> Range<usize> {
    let start = ranges.first().map_or(0, |range| range.start);
    start..ranges.last().map_or(start, |range| range.end)
}

/// Returns where the line after that of byte `at` begins.
fn end_of_line(text: &str, at: usize) -> usize {
    layout::lines(text, at, at).end
}

/// Returns where the first line that is not blank begins, of those from byte `start` on.
fn end_of_blank_lines(text: &str, start: usize) -> usize {
    let below = &text[start..];
    let blank = below.len() - below.trim_start_matches(line::is_white).len();
    layout::line_start(text, start + blank)
}

fn signed(count: usize) -> isize {
    isize::try_from(count).expect("a document has fewer parts than bytes")
}
