//! Text tables.

use unicode_width::UnicodeWidthStr as _;

use crate::printable::shown_line;

const GAP: usize = 2;

/// Table with headings, without lines and colours, so that it reads the same in a file, on any
/// terminal and in a screen reader.
#[derive(Clone, Debug)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Creates an empty table.
    #[must_use]
    pub fn new<H: Into<String>>(headings: impl IntoIterator<Item = H>) -> Self {
        Self {
            headings: headings.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row with one cell per heading. Shows line breaks, control characters and invisible
    /// characters in a cell as escapes, and `****` in place of secrets.
    pub fn add<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells = cells.into_iter();
        let cells = cells.map(|cell| shown_line(cell.as_ref()));
        self.rows.push(cells.collect());
    }

    /// Returns the table in aligned columns if they fit `width`, else as one block per row, in
    /// which each line is a heading and its cell. The text is empty if there are no rows.
    #[must_use]
    pub fn fitted_to(&self, width: usize) -> String {
        let widths = self.widths();
        if self.rows.is_empty() {
            String::new()
        } else if widths.iter().sum::<usize>() + GAP * (widths.len() - 1) <= width {
            self.in_columns(&widths)
        } else {
            self.in_blocks()
        }
    }

    fn widths(&self) -> Vec<usize> {
        let of_column = |(column, heading): (usize, &String)| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.width())
                .fold(heading.width(), usize::max)
        };
        self.headings.iter().enumerate().map(of_column).collect()
    }

    fn in_columns(&self, widths: &[usize]) -> String {
        let line = |cells: &Vec<String>| {
            let padded = cells.iter().zip(widths);
            let line: String = padded
                .map(|(cell, width)| pad(*width + GAP, cell))
                .collect();
            format!("{}\n", line.trim_end())
        };
        std::iter::once(&self.headings)
            .chain(&self.rows)
            .map(line)
            .collect()
    }

    fn in_blocks(&self) -> String {
        let width = self.headings.iter().map(|heading| heading.width()).max();
        let width = width.unwrap_or_default() + GAP;
        let line = |(heading, cell): (&String, &String)| pad(width, heading) + cell + "\n";
        let block = |row: &Vec<String>| self.headings.iter().zip(row).map(line).collect::<String>();
        let blocks: Vec<_> = self.rows.iter().map(block).collect();
        blocks.join("\n")
    }
}

fn pad(width: usize, text: &str) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}
