//! State of a list while the user selects.

use std::borrow::Cow;
use std::io;

use super::columns::Columns;
use super::entry::Entry;
use super::filter::{Folded, Matches, words};
use super::styles::styles;
use super::{Choice, LongChoice};
use crate::prompt::{End, Line};
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::terminal::layout::{Frame, lay_out, wrap};
use crate::terminal::screen::Screen;

const MAX_ROWS: usize = 12;

/// Maximum length of a list that is loaded completely before it is drawn.
const MAX_SHORT: usize = 1_000;

const FILTER: &str = "Filter: ";

const MARK: &str = "> ";
const NO_MARK: &str = "  ";

/// Order of the entries that match a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    OfEntries,
    BestFirst,
}

/// Effect of the Escape key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    Nothing,
    Back,
    Cancel,
}

type LoadAll<'a> = Box<dyn FnOnce() -> Vec<Entry> + 'a>;

/// Properties of a list apart from its entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behaviour {
    pub(super) order: Order,
    pub(super) escape: Escape,
    pub(super) has_styles: bool,
}

pub(super) struct List<'a> {
    entries: Cow<'a, [Entry]>,
    /// Returns all entries, if `entries` are only those of the first frame.
    load_all: Option<LoadAll<'a>>,
    /// Texts that the filter searches; empty before the first filter.
    folded: Vec<Folded>,
    /// Widths of the columns; `None` before the first frame, and if the entries have no columns.
    columns: Option<Columns>,
    behaviour: Behaviour,
    /// Number of all entries.
    count: usize,
    filter: Line,
    /// Indices of the entries that match the filter.
    matches: Vec<usize>,
    /// Index of the marked entry in `matches`, if there is one.
    marked: Option<usize>,
    /// Index of the entry that is marked initially.
    initial: Option<usize>,
    /// Set if the user has moved the mark.
    is_moved: bool,
    /// Index of the first entry on the screen in `matches`.
    first: usize,
}

impl<'a> List<'a> {
    pub(super) fn new(choice: &Choice<'a>, behaviour: Behaviour) -> Self {
        let count = choice.entries.len();
        let marked = choice.marked.map(|it| it.min(count.saturating_sub(1)));
        Self {
            entries: Cow::Borrowed(choice.entries),
            load_all: None,
            folded: Vec::new(),
            columns: None,
            behaviour,
            count,
            filter: Line::default(),
            matches: (0..count).collect(),
            marked,
            initial: choice.marked,
            is_moved: false,
            first: 0,
        }
    }

    /// Returns a list that loads only the entries of the first frame before it is drawn, unless it is short.
    pub(super) fn long(choice: &LongChoice<'a>, behaviour: Behaviour) -> Self {
        let (count, load) = (choice.count, choice.first_entries);
        let is_short = count <= MAX_SHORT;
        Self {
            entries: Cow::Owned(load(if is_short { count } else { MAX_ROWS })),
            load_all: (!is_short).then(|| -> LoadAll<'a> { Box::new(move || load(count)) }),
            count,
            matches: (0..count).collect(),
            marked: Some(0),
            initial: Some(0),
            ..Self::new(
                &Choice {
                    name: choice.name,
                    flag: choice.flag,
                    entries: &[],
                    marked: None,
                },
                behaviour,
            )
        }
    }

    /// Returns the index of the selected entry, or another end, also after Ctrl-D without a filter.
    pub(super) fn run(&mut self, keys: &Keys, screen: &mut Screen) -> io::Result<End<usize>> {
        loop {
            if !keys.has_next()? {
                let (columns, rows) = Screen::size();
                screen.draw(self.frame(columns, rows))?;
            }
            if let Some(load_all) = self.load_all.take() {
                self.entries = Cow::Owned(load_all());
                self.columns = None;
                self.fold();
                continue;
            }
            match keys.next()? {
                Key::Interrupt => return Ok(End::Interrupted),
                Key::EndOfInput if self.filter.is_empty() => return Ok(End::Interrupted),
                Key::Escape if self.behaviour.escape == Escape::Back => return Ok(End::Back),
                Key::Escape if self.behaviour.escape == Escape::Cancel => {
                    return Ok(End::Interrupted);
                }
                Key::Enter => {
                    if let Some(selected) = self.selected() {
                        return Ok(End::Answered(selected));
                    }
                }
                key => self.press(key),
            }
        }
    }

    fn press(&mut self, key: Key) {
        let page = MAX_ROWS.saturating_sub(1);
        let marked = self.marked.unwrap_or_default();
        match key {
            Key::Up => self.mark(marked.saturating_sub(1)),
            Key::Down | Key::Tab => self.mark(self.marked.map_or(0, |marked| marked + 1)),
            Key::PageUp => self.mark(marked.saturating_sub(page)),
            Key::PageDown => self.mark(marked + page),
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
        self.is_moved = true;
        self.marked = Some(index.min(self.matches.len().saturating_sub(1)));
    }

    /// Returns the index of the marked entry.
    fn selected(&self) -> Option<usize> {
        self.matches.get(self.marked?).copied()
    }

    /// Keeps the mark on its entry if the entry still matches. If the entries are in another order, marks
    /// the best one, unless the user has moved the mark. Among rows with only the characters of the filter,
    /// which may be those of another account, the user marks one.
    fn apply_filter(&mut self) {
        let marked = self.selected();
        let words = words(self.filter.text());
        let found = self.found(&words);
        let keeps_mark =
            self.is_moved || self.behaviour.order == Order::OfEntries && !found.are_scattered;
        let are_similar = found.are_scattered && self.has_columns();
        self.matches = found.indices;
        let mut matches = self.matches.iter();
        let position = matches.position(|index| keeps_mark && Some(*index) == marked);
        let needs_mark = self.initial.is_some() || self.is_moved || !words.is_empty();
        let first = (!are_similar).then_some(0);
        self.marked = position.or(first).filter(|_| needs_mark);
    }

    fn has_columns(&self) -> bool {
        self.entries.first().is_some_and(Entry::has_columns)
    }

    fn fold(&mut self) {
        if self.folded.is_empty() {
            let texts = self.entries.iter().map(Entry::searched);
            self.folded = texts.map(|text| Folded::new(&text)).collect();
        }
    }

    fn found(&mut self, words: &[String]) -> Matches {
        self.fold();
        let found = Matches::of(&self.folded, words);
        match self.behaviour.order {
            Order::OfEntries => found,
            Order::BestFirst => found.best_first(&self.folded, words),
        }
    }

    fn frame(&mut self, width: usize, rows: usize) -> Frame {
        let typed = format!("{FILTER}{}", self.filter.text());
        let cursor = FILTER.len() + self.filter.cursor();
        let mut frame = lay_out(&typed, cursor, width);
        // The frame needs a row for an entry, and leaves one free.
        frame.keep_around_cursor(rows.saturating_sub(2).max(1));
        let mut status = wrap(&self.status(), width);
        status.truncate(rows.saturating_sub(frame.rows.len() + 2));
        let others = frame.rows.len() + status.len() + 1;
        let height = MAX_ROWS.min(rows.saturating_sub(others)).max(1);
        self.scroll(height);
        let words = words(self.filter.text());
        for (is_marked, entry) in self.shown(height, width.saturating_sub(MARK.len())) {
            let mark = if is_marked { MARK } else { NO_MARK };
            let row = format!("{mark}{entry}");
            if self.behaviour.has_styles {
                let styles = styles(&row, mark.len(), is_marked, &words).into_iter();
                let number = frame.rows.len();
                frame
                    .styles
                    .extend(styles.map(|(range, style)| (number, range, style)));
            }
            frame.rows.push(row);
        }
        frame.rows.extend(status);
        frame
    }

    /// Returns the entries on the screen, each in at most `width` columns of the terminal.
    fn shown(&mut self, height: usize, width: usize) -> Vec<(bool, String)> {
        let has_columns = self.has_columns();
        let entries = &self.entries;
        let columns = has_columns.then(|| {
            let columns = self.columns.get_or_insert_with(|| Columns::of(entries));
            columns.fitted_to(width)
        });
        let row = |(at, index): (usize, &usize)| {
            let entry = &entries[*index];
            let row = match &columns {
                Some(columns) => columns.row(entry),
                None => entry.fitted_to(width),
            };
            (Some(at) == self.marked, row)
        };
        let shown = self.matches.iter().enumerate();
        shown.skip(self.first).take(height).map(row).collect()
    }

    /// Keeps the marked entry among the `height` entries on the screen.
    fn scroll(&mut self, height: usize) {
        let last_first = self.matches.len().saturating_sub(height);
        let marked = self.marked.unwrap_or_default();
        let lowest = (marked + 1).saturating_sub(height);
        self.first = self.first.clamp(lowest, marked.max(lowest)).min(last_first);
    }

    fn status(&self) -> String {
        let (matches, all) = (self.matches.len(), self.count);
        match matches {
            0 => format!("0 of {all}; press Backspace to widen the filter"),
            matches if matches == all => {
                let escape = match self.behaviour.escape {
                    Escape::Nothing => "",
                    Escape::Back => ", Esc to go back",
                    Escape::Cancel => ", Esc to cancel",
                };
                if self.marked.is_none() {
                    return format!(
                        "{all}; type to filter, or mark an entry with the arrows{escape}"
                    );
                }
                format!("{all}; type to filter, arrows to move, Enter to select{escape}")
            }
            matches if self.marked.is_none() => {
                format!("{matches} of {all} are similar; mark an entry with the arrows")
            }
            matches => format!("{matches} of {all}"),
        }
    }
}

#[cfg(test)]
mod tests;
