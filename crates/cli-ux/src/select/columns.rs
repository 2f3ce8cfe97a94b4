//! Aligned columns of a list.

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    widths: Vec<usize>,
    /// Width that shows the text of three quarters of the entries completely.
    usual_text: usize,
}

impl Columns {
    /// Returns the widths that show all `entries` completely.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let (mut widths, mut texts) = (Vec::new(), Vec::new());
        for entry in entries {
            for (column, cell) in entry.cells().enumerate() {
                if widths.len() <= column {
                    widths.push(0);
                }
                let width = width_of(&cell);
                widths[column] = widths[column].max(width);
                texts.extend((column == 0).then_some(width));
            }
        }
        texts.sort_unstable();
        let usual_text = texts.get((texts.len() * 3).div_ceil(4).saturating_sub(1));
        let usual_text = usual_text.copied().unwrap_or_default();
        Self { widths, usual_text }
    }

    /// Returns the widths for a terminal. Columns in the middle are narrowed, or omitted from the last one
    /// on, so that the text and the end remain readable. A few long texts do not narrow the others.
    pub(super) fn fitted_to(&self, available: usize) -> Self {
        let [text, middle @ .., end] = self.widths.as_slice() else {
            return self.clone();
        };
        let shown = self.widths.iter().filter(|width| **width > 0);
        if shown.map(|width| width + GAP).sum::<usize>() <= available + GAP {
            return self.clone();
        }
        let rest = available.saturating_sub(if *end > 0 { end + GAP } else { 0 });
        if rest < MIN_TEXT_WIDTH {
            return self.with(vec![available]);
        }
        let mut fitted = vec![self.usual_text.min(TEXT_WIDTH.max(rest / 2)).min(rest)];
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
        self.with(fitted)
    }

    fn with(&self, widths: Vec<usize>) -> Self {
        let usual_text = self.usual_text;
        Self { widths, usual_text }
    }

    /// Returns a row with the cells of `entry`, cut and aligned.
    pub(super) fn row(&self, entry: &Entry) -> String {
        let mut row = String::new();
        let mut end = 0;
        for (cell, width) in entry.cells().zip(&self.widths) {
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
        let columns = Columns::of(&entries).fitted_to(available);
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
    fn one_long_text_hides_no_column() {
        let entry = |name: &str| {
            let columns = ["111122223333", "ReadOnly", "my-sso", "eu-west-1"];
            let entry = Entry::new(name).with_columns(columns.map(str::to_owned));
            entry.with_end("refreshable")
        };
        let long = "x".repeat(100);
        let entries = ["dev", "prod", "test", &long].map(entry);
        let columns = Columns::of(&entries).fitted_to(78);
        let expected = [
            "dev",
            "111122223333",
            "ReadOnly",
            "my-sso",
            "eu-west-1",
            "refreshable",
        ];
        let row = columns.row(&entries[0]);
        assert_eq!(row.split_whitespace().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn empty_columns_have_no_width() {
        let entry = |name: &str, role: &str| {
            Entry::new(name).with_columns([String::new(), role.to_owned()])
        };
        let entries = [entry("dev", "ReadOnly"), entry("production", "")];
        let columns = Columns::of(&entries).fitted_to(78);
        let rows = entries.each_ref().map(|entry| columns.row(entry));
        assert_eq!(rows, ["dev         ReadOnly", "production"]);
    }
}
