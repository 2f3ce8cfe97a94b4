//! Selection from a list with a filter.

use std::io;

use crate::failure::Failure;
use crate::printable::printable_line;
use crate::prompt::Line;
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::terminal::layout::{Frame, cut, lay_out};
use crate::terminal::screen::Screen;
use crate::ui::Ui;

const MAX_ROWS: usize = 12;

const FILTER: &str = "Filter: ";

/// Selection from a list.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// Short name of the selection for error messages, such as `account`.
    pub name: &'a str,
    /// Option that replaces the prompt, for the hint if there is no terminal.
    pub flag: &'a str,
    /// Entries, each of one line.
    pub entries: &'a [String],
    /// Index of the entry that is marked initially.
    pub marked: usize,
}

impl Ui {
    /// Lets the user select an entry at the terminal and returns its index, also with `--quiet`.
    /// The list is removed from the screen afterwards.
    ///
    /// The filter keeps the entries that contain all typed words, ignoring case.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn choose(&self, choice: &Choice<'_>) -> Result<usize, Failure> {
        let keys = self.open_keys(choice.name, choice.flag)?;
        let mut screen = Screen::default();
        let mut list = List::new(choice.entries, choice.marked);
        let selected = list.run(&keys, &mut screen);
        let selected = selected.map_err(Failure::terminal)?;
        screen.leave(&[]).map_err(Failure::terminal)?;
        selected.ok_or_else(Failure::interrupted)
    }
}

struct List<'a> {
    entries: &'a [String],
    lowercase_entries: Vec<String>,
    filter: Line,
    /// Indices of the entries that match the filter.
    matches: Vec<usize>,
    /// Index of the marked entry in `matches`.
    marked: usize,
    /// Index of the first entry on the screen in `matches`.
    first: usize,
}

impl<'a> List<'a> {
    fn new(entries: &'a [String], marked: usize) -> Self {
        Self {
            entries,
            lowercase_entries: entries.iter().map(|entry| entry.to_lowercase()).collect(),
            filter: Line::default(),
            matches: (0..entries.len()).collect(),
            marked: marked.min(entries.len().saturating_sub(1)),
            first: 0,
        }
    }

    /// Returns the index of the selected entry; `None` after Ctrl-C, or Ctrl-D without a filter.
    fn run(&mut self, keys: &Keys, screen: &mut Screen) -> io::Result<Option<usize>> {
        loop {
            if !keys.has_next()? {
                let (columns, rows) = Screen::size();
                screen.draw(self.frame(columns, rows))?;
            }
            match keys.next()? {
                Key::Interrupt => return Ok(None),
                Key::EndOfInput if self.filter.is_empty() => return Ok(None),
                Key::Enter => {
                    if let Some(selected) = self.matches.get(self.marked) {
                        return Ok(Some(*selected));
                    }
                }
                key => self.press(key),
            }
        }
    }

    fn press(&mut self, key: Key) {
        let page = MAX_ROWS.saturating_sub(1);
        match key {
            Key::Up => self.mark(self.marked.saturating_sub(1)),
            Key::Down | Key::Tab => self.mark(self.marked + 1),
            Key::PageUp => self.mark(self.marked.saturating_sub(page)),
            Key::PageDown => self.mark(self.marked + page),
            Key::Home if self.filter.is_empty() => self.mark(0),
            Key::End if self.filter.is_empty() => self.mark(usize::MAX),
            key => {
                let before = self.filter.text().to_owned();
                self.filter.press(key);
                if self.filter.text() != before {
                    self.apply_filter();
                }
            }
        }
    }

    fn mark(&mut self, index: usize) {
        self.marked = index.min(self.matches.len().saturating_sub(1));
    }

    /// Keeps the mark on its entry if the entry still matches.
    fn apply_filter(&mut self) {
        let marked = self.matches.get(self.marked).copied();
        let filter = self.filter.text().to_lowercase();
        let words: Vec<&str> = filter.split_whitespace().collect();
        let has_all = |index: &usize| {
            words
                .iter()
                .all(|word| self.lowercase_entries[*index].contains(word))
        };
        self.matches = (0..self.entries.len()).filter(has_all).collect();
        let position = self.matches.iter().position(|index| Some(*index) == marked);
        self.marked = position.unwrap_or(0);
    }

    fn frame(&mut self, columns: usize, rows: usize) -> Frame {
        let typed = format!("{FILTER}{}", self.filter.text());
        let cursor = FILTER.len() + self.filter.cursor();
        let mut frame = lay_out(&typed, cursor, columns);
        let height = MAX_ROWS
            .min(rows.saturating_sub(frame.rows.len() + 2))
            .max(1);
        self.scroll(height);
        let shown = self
            .matches
            .iter()
            .enumerate()
            .skip(self.first)
            .take(height);
        let entries = shown.map(|(at, index)| {
            let mark = if at == self.marked { "> " } else { "  " };
            cut(
                &format!("{mark}{}", printable_line(&self.entries[*index])),
                columns,
            )
        });
        frame.rows.extend(entries);
        frame.rows.push(cut(&self.status(), columns));
        frame
    }

    /// Keeps the marked entry among the `height` entries on the screen.
    fn scroll(&mut self, height: usize) {
        let last_first = self.matches.len().saturating_sub(height);
        let lowest = (self.marked + 1).saturating_sub(height);
        self.first = self
            .first
            .clamp(lowest, self.marked.max(lowest))
            .min(last_first);
    }

    fn status(&self) -> String {
        let (matches, all) = (self.matches.len(), self.entries.len());
        match matches {
            0 => format!("0 of {all}; press Backspace to widen the filter"),
            matches if matches == all => {
                format!("{all}; type to filter, arrows to move, Enter to select")
            }
            matches => format!("{matches} of {all}"),
        }
    }
}
