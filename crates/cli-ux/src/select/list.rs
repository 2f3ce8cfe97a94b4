//! State of a list while the user selects.

use std::io;

use super::behaviour::{Behaviour, Escape, Order};
use super::entries::Entries;
use super::filter::words;
use super::styles::styles;
use super::{Choice, LongChoice};
use crate::prompt::{End, Line};
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::terminal::layout::{Frame, lay_out, wrap};
use crate::terminal::screen::Screen;

const MAX_ROWS: usize = 12;

const FILTER: &str = "Filter: ";

const MARK: &str = "> ";
const NO_MARK: &str = "  ";

pub(super) struct List<'a> {
    entries: Entries<'a>,
    behaviour: Behaviour,
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
    /// Set if the frame on the screen is out of date.
    is_changed: bool,
}

impl<'a> List<'a> {
    pub(super) fn new(choice: &Choice<'a>, behaviour: Behaviour) -> Self {
        Self::of(Entries::new(choice.entries), choice.marked, behaviour)
    }

    /// Returns a list that loads only the entries of the first frame before it is drawn, unless it is short.
    pub(super) fn long(choice: &LongChoice<'a>, behaviour: Behaviour) -> Self {
        Self::of(Entries::long(choice, MAX_ROWS), Some(0), behaviour)
    }

    fn of(entries: Entries<'a>, initial: Option<usize>, behaviour: Behaviour) -> Self {
        let count = entries.count();
        Self {
            entries,
            behaviour,
            filter: Line::default(),
            matches: (0..count).collect(),
            marked: initial.map(|it| it.min(count.saturating_sub(1))),
            initial,
            is_moved: false,
            first: 0,
            is_changed: true,
        }
    }

    /// Returns the index of the selected entry, or another end, also after Ctrl-D without a filter.
    pub(super) fn run(&mut self, keys: &Keys, screen: &mut Screen) -> io::Result<End<usize>> {
        loop {
            if !keys.has_next()? {
                if self.is_changed {
                    let (columns, rows) = Screen::size();
                    screen.draw(self.frame(columns, rows))?;
                    self.is_changed = false;
                }
                if !self.entries.are_loaded() {
                    self.load_slice();
                    continue;
                }
            }
            match keys.next()? {
                Key::Interrupt => return Ok(End::Interrupted),
                Key::EndOfInput if self.filter.is_empty() => return Ok(End::Interrupted),
                Key::Escape if self.behaviour.escape == Escape::Back => return Ok(End::Back),
                Key::Escape if self.behaviour.escape == Escape::Cancel => {
                    return Ok(End::Interrupted);
                }
                Key::Enter => {
                    if let Some(selected) = self.answer() {
                        return Ok(End::Answered(selected));
                    }
                }
                key => self.press(key),
            }
            self.is_changed = true;
        }
    }

    /// Loads a slice. The matches of a filter change only when all entries are loaded, because a list that
    /// moves cannot be read.
    fn load_slice(&mut self) {
        self.entries.load_slice();
        if self.entries.are_loaded() {
            self.is_changed = true;
            self.apply_filter();
        }
    }

    /// Returns the index of the marked entry. If the frame on the screen marks another one, because it was
    /// drawn before all entries were loaded, returns `None`, so that the user sees the better match first.
    fn answer(&mut self) -> Option<usize> {
        if self.filter.is_empty() || self.entries.are_loaded() {
            return self.selected();
        }
        let drawn = self.selected();
        self.entries.load_rest();
        self.apply_filter();
        let selected = self.selected();
        selected.filter(|_| self.is_changed || selected == drawn)
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
        let is_best_first = self.behaviour.order == Order::BestFirst;
        let found = self.entries.matches(&words, is_best_first);
        let keeps_mark =
            self.is_moved || self.behaviour.order == Order::OfEntries && !found.are_scattered;
        self.matches = found.indices;
        let mut matches = self.matches.iter();
        let position = matches.position(|index| keeps_mark && Some(*index) == marked);
        let needs_mark = self.initial.is_some() || self.is_moved || !words.is_empty();
        self.marked = needs_mark.then(|| position.unwrap_or_default());
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
        let shown: Vec<_> = self
            .matches
            .iter()
            .copied()
            .skip(self.first)
            .take(height)
            .collect();
        let entries = self.entries.rows(&shown, width.saturating_sub(MARK.len()));
        for (at, entry) in (self.first..).zip(entries) {
            let is_marked = Some(at) == self.marked;
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

    /// Keeps the marked entry among the `height` entries on the screen.
    fn scroll(&mut self, height: usize) {
        let last_first = self.matches.len().saturating_sub(height);
        let marked = self.marked.unwrap_or_default();
        let lowest = (marked + 1).saturating_sub(height);
        self.first = self.first.clamp(lowest, marked.max(lowest)).min(last_first);
    }

    fn status(&self) -> String {
        let (matches, all) = (self.matches.len(), self.entries.count());
        match matches {
            matches if !self.filter.is_empty() && !self.entries.are_loaded() => {
                format!("{matches} of {all}; loading more")
            }
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

#[cfg(test)]
mod tests {
    use super::super::entry::Entry;
    use super::{Behaviour, Choice, Escape, Key, List, LongChoice, Order};

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

    /// Calls `test` with a long list of `item0000` and so on, whose last entry is `item`.
    fn with_long_list(test: impl FnOnce(&mut List<'_>)) {
        const COUNT: usize = 3_000;
        let name = |index| match index {
            index if index + 1 == COUNT => "item".to_owned(),
            index => format!("item{index:04}"),
        };
        let load = |range: std::ops::Range<usize>| range.map(|it| Entry::new(name(it))).collect();
        let choice = LongChoice {
            name: "item",
            flag: "--item",
            count: COUNT,
            load: &load,
        };
        let behaviour = Behaviour {
            order: Order::BestFirst,
            escape: Escape::Cancel,
            has_styles: false,
        };
        test(&mut List::long(&choice, behaviour));
    }

    fn text(list: &mut List<'_>) -> Vec<String> {
        let rows = list.frame(80, 24).rows;
        rows.iter().map(|row| row.trim_end().to_owned()).collect()
    }

    #[test]
    fn a_long_list_follows_keys_before_it_is_loaded() {
        with_long_list(|list| {
            list.press(Key::End);
            assert_eq!(text(list)[12], "> item");
            list.press(Key::Home);
            list.load_slice();
            list.press(Key::Text("item01".to_owned()));
            let rows = text(list);
            assert_eq!(rows[1], "> item0100");
            assert_eq!(rows[13], "100 of 3000; loading more");
            list.press(Key::DeleteToStart);
            assert_eq!(
                text(list)[13],
                "3000; type to filter, arrows to move, Enter to select, Esc to cancel"
            );
            list.press(Key::Text("2998".to_owned()));
            assert_eq!(text(list)[1], "0 of 3000; loading more");
            while !list.entries.are_loaded() {
                list.load_slice();
            }
            assert_eq!(text(list)[1..], ["> item2998", "1 of 3000"]);
        });
    }

    #[test]
    fn enter_selects_the_best_of_all_entries_unless_the_screen_shows_another() {
        let typed = || Key::Text("item".to_owned());
        with_long_list(|list| {
            list.press(typed());
            assert_eq!(list.answer(), Some(2_999));
        });
        with_long_list(|list| {
            list.press(typed());
            list.is_changed = false;
            assert_eq!(list.answer(), None);
            assert_eq!(list.answer(), Some(2_999));
        });
        with_long_list(|list| {
            list.press(Key::Text("0003".to_owned()));
            list.is_changed = false;
            assert_eq!(list.answer(), Some(3));
        });
        with_long_list(|list| {
            assert_eq!(list.answer(), Some(0));
            assert!(!list.entries.are_loaded());
        });
    }
}
