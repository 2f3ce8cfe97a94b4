//! Choices from a list that is filtered by typing.

use std::io;

use crate::failure::Failure;
use crate::prompt::{Line, take_keys};
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::terminal::layout::{Frame, cut, lay_out};
use crate::terminal::screen::Screen;
use crate::ui::Ui;

/// Rows of the list.
const MAX_ROWS: usize = 12;

/// Text before the filter.
const FILTER: &str = "Filter: ";

/// A choice from a list.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// Name of the choice in a word or two, such as `account`.
    pub name: &'a str,
    /// Option that answers it.
    pub flag: &'a str,
    /// Entries, a line each.
    pub entries: &'a [String],
    /// Index of the entry that is marked at first.
    pub marked: usize,
}

impl Ui {
    /// Lets the user choose an entry at the terminal, and returns its index, also with `--quiet`.
    /// Nothing of the list stays on the screen.
    ///
    /// Typed words filter the list to the entries that have all of them, whatever their case.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn choose(&self, choice: &Choice<'_>) -> Result<usize, Failure> {
        let keys = take_keys(choice.name, choice.flag)?;
        let mut screen = Screen::default();
        let mut list = List::new(choice.entries, choice.marked);
        let chosen = list.until_chosen(&keys, &mut screen);
        let chosen = chosen.map_err(Failure::terminal)?;
        screen.leave(&[]).map_err(Failure::terminal)?;
        chosen.ok_or_else(Failure::interrupted)
    }
}

/// A list while it is chosen from.
struct List<'a> {
    entries: &'a [String],
    /// The entries as the filter compares them.
    lower: Vec<String>,
    filter: Line,
    /// The indices of the entries that the filter leaves.
    left: Vec<usize>,
    /// Which of those is marked.
    marked: usize,
    /// Which of those is the first on the screen.
    first: usize,
}

impl<'a> List<'a> {
    fn new(entries: &'a [String], marked: usize) -> Self {
        Self {
            entries,
            lower: entries.iter().map(|entry| entry.to_lowercase()).collect(),
            filter: Line::default(),
            left: (0..entries.len()).collect(),
            marked: marked.min(entries.len().saturating_sub(1)),
            first: 0,
        }
    }

    /// Returns the index of the chosen entry, `None` after Ctrl-C.
    fn until_chosen(&mut self, keys: &Keys, screen: &mut Screen) -> io::Result<Option<usize>> {
        loop {
            if !keys.has_next()? {
                let (columns, rows) = Screen::size();
                screen.draw(self.frame(columns, rows))?;
            }
            match keys.next()? {
                Key::Interrupt => return Ok(None),
                Key::EndOfInput if self.filter.is_empty() => return Ok(None),
                Key::Enter => {
                    if let Some(chosen) = self.left.get(self.marked) {
                        return Ok(Some(*chosen));
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
        self.marked = index.min(self.left.len().saturating_sub(1));
    }

    /// Keeps the mark on its entry if that is still there.
    fn apply_filter(&mut self) {
        let marked = self.left.get(self.marked).copied();
        let filter = self.filter.text().to_lowercase();
        let words: Vec<&str> = filter.split_whitespace().collect();
        let has_all = |index: &usize| words.iter().all(|word| self.lower[*index].contains(word));
        self.left = (0..self.entries.len()).filter(has_all).collect();
        let still = self.left.iter().position(|index| Some(*index) == marked);
        self.marked = still.unwrap_or(0);
    }

    fn frame(&mut self, columns: usize, rows: usize) -> Frame {
        let typed = format!("{FILTER}{}", self.filter.text());
        let cursor = FILTER.len() + self.filter.cursor();
        let mut frame = lay_out(&typed, cursor, columns);
        let height = MAX_ROWS
            .min(rows.saturating_sub(frame.rows.len() + 2))
            .max(1);
        self.scroll(height);
        let shown = self.left.iter().enumerate().skip(self.first).take(height);
        let entries = shown.map(|(at, index)| {
            let mark = if at == self.marked { "> " } else { "  " };
            cut(&format!("{mark}{}", self.entries[*index]), columns)
        });
        frame.rows.extend(entries);
        frame.rows.push(cut(&self.count(), columns));
        frame
    }

    /// Keeps the marked entry among the `height` ones that are shown.
    fn scroll(&mut self, height: usize) {
        let last_first = self.left.len().saturating_sub(height);
        let lowest = (self.marked + 1).saturating_sub(height);
        self.first = self
            .first
            .clamp(lowest, self.marked.max(lowest))
            .min(last_first);
    }

    fn count(&self) -> String {
        let (left, all) = (self.left.len(), self.entries.len());
        match left {
            0 => format!("none of {all}; backspace widens the filter"),
            left if left == all => {
                format!("{all}; type to filter, arrows to move, Enter to choose")
            }
            left => format!("{left} of {all}"),
        }
    }
}
