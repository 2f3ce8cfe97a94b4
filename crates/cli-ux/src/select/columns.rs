//! Aligned columns of a list.

use std::borrow::Borrow;

use unicode_width::UnicodeWidthStr;

use super::entry::{Entry, MIN_TEXT_WIDTH};
use crate::terminal::layout::cut;

/// Width between two columns.
const GAP: usize = 2;

/// Width of the text that columns in the middle do not narrow.
const TEXT_WIDTH: usize = 24;

/// Minimum width of a longer column in the middle: that of an account ID.
const MIN_WIDTH: usize = 12;

/// Maximum width of a column in the middle, unless all columns fit.
const MAX_WIDTH: usize = 24;

/// Widths of the columns of a list, including the text at the start and the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns(Vec<usize>);

impl Columns {
    /// Widens the columns so that they show all `entries` completely, too.
    pub(super) fn widen(&mut self, entries: &[impl Borrow<Entry>]) {
        let Self(widths) = self;
        for entry in entries {
            for (column, cell) in entry.borrow().cells().enumerate() {
                if widths.len() <= column {
                    widths.push(0);
                }
                widths[column] = widths[column].max(width_of(&cell));
            }
        }
    }

    /// Returns the widths for a terminal. Columns in the middle are narrowed, or omitted from the last one
    /// on, so that the text and the end remain readable.
    pub(super) fn fitted_to(&self, available: usize) -> Self {
        let [text, middle @ .., end] = self.0.as_slice() else {
            return self.clone();
        };
        let shown = self.0.iter().filter(|width| **width > 0);
        if shown.map(|width| width + GAP).sum::<usize>() <= available + GAP {
            return self.clone();
        }
        let rest = available.saturating_sub(if *end > 0 { end + GAP } else { 0 });
        if rest < MIN_TEXT_WIDTH {
            return Self(vec![available]);
        }
        let mut fitted = vec![(*text).min(TEXT_WIDTH.max(rest / 2)).min(rest)];
        let mut left = rest - fitted[0];
        for wanted in middle {
            let wanted = (*wanted).min(MAX_WIDTH);
            let width = wanted.min(left.saturating_sub(GAP));
            let width = if width < wanted.min(MIN_WIDTH) {
                0
            } else {
                width
            };
            left -= if width > 0 { width + GAP } else { 0 };
            fitted.push(width);
        }
        fitted[0] += left.min(text - fitted[0]);
        fitted.push(*end);
        Self(fitted)
    }

    /// Returns a row with the cells of `entry`, cut and aligned.
    pub(super) fn row(&self, entry: &Entry) -> String {
        let mut row = String::new();
        let mut end = 0;
        for (cell, width) in entry.cells().zip(&self.0) {
            if *width == 0 {
                continue;
            }
            let start = if end == 0 { 0 } else { end + GAP };
            let missing = start.saturating_sub(row.width());
            row.extend(std::iter::repeat_n(' ', missing));
            row.push_str(&cut(&cell, *width));
            end = start + width;
        }
        row.truncate(row.trim_end().len());
        row
    }
}

fn width_of(cell: &str) -> usize {
    if cell.is_ascii() {
        cell.len()
    } else {
        cell.width()
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Entry};

    fn columns_of(entries: &[Entry]) -> Columns {
        let mut columns = Columns::default();
        columns.widen(entries);
        columns
    }

    fn entries() -> [Entry; 2] {
        let entry = |name: &str, columns: [&str; 4], state: &str| {
            Entry::new(name)
                .with_columns(columns.map(str::to_owned))
                .with_end(state)
        };
        [
            entry(
                "development-of-the-data-platform",
                [
                    "111122223333",
                    "AdministratorAccess",
                    "my-sso",
                    "eu-central-1",
                ],
                "refreshable",
            ),
            entry("東京", ["–", "–", "–", "–"], "access keys"),
        ]
    }

    #[track_caller]
    fn check(available: usize, expected: &[&str]) {
        let entries = entries();
        let columns = columns_of(&entries).fitted_to(available);
        let rows = entries.each_ref().map(|entry| columns.row(entry));
        assert_eq!(rows.as_slice(), expected, "{available}");
    }

    #[test]
    fn a_narrow_terminal_shows_the_text_and_the_end() {
        check(
            120,
            &[
                "development-of-the-data-platform  111122223333  AdministratorAccess  my-sso  \
                 eu-central-1  refreshable",
                "東京                              –             –                    –       \
                 –             access keys",
            ],
        );
        check(
            78,
            &[
                "development-of-the-data-platform  111122223333  AdministratorAcc…  refreshable",
                "東京                              –             –                  access keys",
            ],
        );
        check(
            38,
            &[
                "development-of-the-data-…  refreshable",
                "東京                       access keys",
            ],
        );
        check(20, &["develo…  refreshable", "東京     access keys"]);
        check(14, &["development-o…", "東京"]);
    }

    #[test]
    fn empty_columns_have_no_width() {
        let entry = |name: &str, role: &str| {
            Entry::new(name).with_columns([String::new(), role.to_owned()])
        };
        let entries = [entry("dev", "ReadOnly"), entry("production", "")];
        let columns = columns_of(&entries).fitted_to(78);
        let rows = entries.each_ref().map(|entry| columns.row(entry));
        assert_eq!(rows, ["dev         ReadOnly", "production"]);
    }
}
