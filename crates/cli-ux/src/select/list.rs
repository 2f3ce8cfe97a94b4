//! State of a list while the user selects.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::columns::Columns;
use super::entry::Entry;
use super::filter::{Folded, Matches, words};
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

const MATCH: Style = AnsiColor::Cyan.on_default().bold();
const MARKED: Style = Style::new().bold();

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
    /// the best one, unless the user has moved the mark.
    fn apply_filter(&mut self) {
        let marked = self.selected();
        let words = words(self.filter.text());
        let found = self.found(&words);
        let keeps_mark =
            self.is_moved || self.behaviour.order == Order::OfEntries && !found.are_scattered;
        self.matches = found.indices;
        let mut matches = self.matches.iter();
        let position = matches.position(|index| keeps_mark && Some(*index) == marked);
        let needs_mark = self.initial.is_some() || self.is_moved || !words.is_empty();
        self.marked = needs_mark.then(|| position.unwrap_or_default());
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
        let status = wrap(&self.status(), width);
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
        let has_columns = self.entries.first().is_some_and(Entry::has_columns);
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
            matches => format!("{matches} of {all}"),
        }
    }
}

/// Returns the styles of a row: the characters that match, and the rest of the marked row.
fn styles(
    row: &str,
    start: usize,
    is_marked: bool,
    words: &[String],
) -> Vec<(Range<usize>, Style)> {
    let mut matches = Folded::new(&row[start..]).matches(words);
    matches.sort_unstable_by_key(|range| range.start);
    matches.dedup();
    let mut styles = Vec::new();
    let mut end = 0;
    for range in matches {
        let range = start + range.start..start + range.end;
        styles.push((end..range.start, MARKED));
        end = range.end;
        styles.push((range, MATCH));
    }
    styles.push((end..row.len(), MARKED));
    styles.retain(|(range, style)| !range.is_empty() && (is_marked || *style == MATCH));
    styles
}

#[cfg(test)]
mod tests {
    use super::{Behaviour, Choice, Entry, Escape, Key, List, Order};

    #[track_caller]
    fn check(keys: &[Key], typed: &str, expected: &str) {
        check_with(Order::OfEntries, Some(0), keys, typed, Some(expected));
    }

    #[track_caller]
    fn check_with(
        order: Order,
        marked: Option<usize>,
        keys: &[Key],
        typed: &str,
        expected: Option<&str>,
    ) {
        let entries = ["Acme xx Bxx Cxx", "Other", "Zulu-AqBqC"].map(Entry::new);
        let choice = Choice {
            name: "account",
            flag: "--account-id",
            entries: &entries,
            marked,
        };
        let behaviour = Behaviour {
            order,
            escape: Escape::Nothing,
            has_styles: false,
        };
        let mut list = List::new(&choice, behaviour);
        for key in keys {
            list.press(key.clone());
        }
        for character in typed.chars() {
            list.press(Key::Text(character.to_string()));
        }
        let selected = list.selected().map(|index| entries[index].to_string());
        assert_eq!(selected.as_deref(), expected, "{keys:?} {typed}");
    }

    #[test]
    fn the_closest_entry_is_marked_unless_the_user_has_marked_another() {
        check(&[], "", "Acme xx Bxx Cxx");
        check(&[], "x", "Acme xx Bxx Cxx");
        check(&[], "abc", "Zulu-AqBqC");
        check(&[], "other", "Other");
        check(&[Key::Down, Key::Up], "abc", "Acme xx Bxx Cxx");
    }

    #[test]
    fn the_best_entry_is_marked_unless_the_user_has_marked_another() {
        let check = |keys: &[Key], typed, expected| {
            check_with(Order::BestFirst, Some(0), keys, typed, Some(expected));
        };
        check(&[], "", "Acme xx Bxx Cxx");
        check(&[], "c", "Acme xx Bxx Cxx");
        check(&[], "b", "Acme xx Bxx Cxx");
        check(&[], "z", "Zulu-AqBqC");
        check(&[], "q", "Zulu-AqBqC");
        check(&[], "e", "Acme xx Bxx Cxx");
        check(&[], "a", "Acme xx Bxx Cxx");
        check(&[Key::Down, Key::Down], "a", "Zulu-AqBqC");
    }

    #[test]
    fn without_a_mark_enter_selects_only_after_a_move_or_a_filter() {
        let check = |keys: &[Key], expected| {
            check_with(Order::OfEntries, None, keys, "", expected);
        };
        let text = |text: &str| Key::Text(text.to_owned());
        check(&[], None);
        check(&[Key::Left], None);
        check(&[Key::Down], Some("Acme xx Bxx Cxx"));
        check(&[Key::Up], Some("Acme xx Bxx Cxx"));
        check(&[Key::End], Some("Zulu-AqBqC"));
        check(&[Key::Down, Key::Down], Some("Other"));
        check(&[text("oth")], Some("Other"));
        check(&[text("?")], None);
        check(&[text("oth"), Key::DeleteToStart], None);
        check(&[text("?"), Key::Backspace], None);
        check(
            &[Key::Down, Key::Down, text("oth"), Key::DeleteToStart],
            Some("Other"),
        );
    }
}
