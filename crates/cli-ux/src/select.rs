//! Selection from a list with a filter.

mod filter;
mod numbered;

use std::ops::Range;
use std::{fmt, io};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::failure::Failure;
use crate::printable::printable_line;
use crate::prompt::{Back, End, Line};
use crate::terminal::dumb::is_dumb;
use crate::terminal::key::Key;
use crate::terminal::keys::Keys;
use crate::terminal::layout::{Frame, cut, lay_out, wrap};
use crate::terminal::screen::Screen;
use crate::ui::Ui;
use filter::{Folded, matching, words};

const MAX_ROWS: usize = 12;

const FILTER: &str = "Filter: ";

const MATCH: Style = AnsiColor::Cyan.on_default().bold();
const MARKED: Style = Style::new().bold();

/// Minimum width of an entry beside its end.
const MIN_TEXT_WIDTH: usize = 4;

/// Entry of a list, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    text: String,
    end: String,
}

impl Entry {
    /// Creates an entry.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let (text, end) = (text.into(), String::new());
        Self { text, end }
    }

    /// Adds an end, such as an ID, which is also shown completely on a narrow terminal.
    #[must_use]
    pub fn with_end(self, end: impl Into<String>) -> Self {
        let end = end.into();
        Self { end, ..self }
    }

    fn full_text(&self) -> String {
        printable_line(&self.to_string())
    }

    /// Returns the entry in at most `columns`.
    fn fitted_to(&self, columns: usize) -> String {
        let full = self.full_text();
        let end = printable_line(&self.end);
        let rest = columns.saturating_sub(end.width() + 1);
        if full.width() <= columns || end.is_empty() || rest < MIN_TEXT_WIDTH {
            return cut(&full, columns);
        }
        format!("{} {end}", cut(&printable_line(&self.text), rest))
    }
}

/// Selection from a list.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// Short name of the selection for error messages, such as `account`.
    pub name: &'a str,
    /// Option that replaces the prompt, for the hint if there is no terminal.
    pub flag: &'a str,
    /// Entries.
    pub entries: &'a [Entry],
    /// Index of the entry that is marked initially. If there is none, the Enter key selects an entry only
    /// after the user has moved the mark or typed a filter.
    pub marked: Option<usize>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.end.is_empty() {
            return Ok(());
        }
        write!(f, " {}", self.end)
    }
}

impl Ui {
    /// Lets the user select an entry at the terminal and returns its index, also with `--quiet`.
    /// The list is removed from the screen afterwards.
    ///
    /// The filter keeps the entries that contain all typed words, ignoring case. If there are none, it
    /// keeps the entries with the typed characters in this order, those with the closest ones first.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn choose(&self, choice: &Choice<'_>) -> Result<usize, Failure> {
        let selected = if is_dumb() {
            self.choose_by_number(choice, Back::Unavailable)?
        } else {
            self.choose_in(List::new(choice), choice)?
        };
        selected.ok_or_else(Failure::interrupted)
    }

    /// Lets the user select like [`choose`](Self::choose). Returns `None` if the user presses Escape to go
    /// back to the previous prompt.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn choose_or_back(&self, choice: &Choice<'_>) -> Result<Option<usize>, Failure> {
        if is_dumb() {
            return self.choose_by_number(choice, Back::Available);
        }
        let list = List {
            goes_back: true,
            ..List::new(choice)
        };
        self.choose_in(list, choice)
    }

    fn choose_in(&self, list: List<'_>, choice: &Choice<'_>) -> Result<Option<usize>, Failure> {
        let keys = self.open_keys(choice.name, choice.flag)?;
        let mut screen = Screen::default();
        let mut list = List {
            has_styles: self.has_styles(),
            ..list
        };
        let end = list.run(&keys, &mut screen);
        let end = end.map_err(Failure::terminal)?;
        screen.leave(&[]).map_err(Failure::terminal)?;
        end.answer()
    }
}

struct List<'a> {
    entries: &'a [Entry],
    folded: Vec<Folded>,
    has_styles: bool,
    /// Set if the Escape key leads back.
    goes_back: bool,
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
    fn new(choice: &Choice<'a>) -> Self {
        let entries = choice.entries;
        let folded = entries.iter().map(|entry| Folded::new(&entry.full_text()));
        Self {
            entries,
            folded: folded.collect(),
            has_styles: false,
            goes_back: false,
            filter: Line::default(),
            matches: (0..entries.len()).collect(),
            marked: choice
                .marked
                .map(|it| it.min(entries.len().saturating_sub(1))),
            initial: choice.marked,
            is_moved: false,
            first: 0,
        }
    }

    /// Returns the index of the selected entry, or another end, also after Ctrl-D without a filter.
    fn run(&mut self, keys: &Keys, screen: &mut Screen) -> io::Result<End<usize>> {
        loop {
            if !keys.has_next()? {
                let (columns, rows) = Screen::size();
                screen.draw(self.frame(columns, rows))?;
            }
            match keys.next()? {
                Key::Interrupt => return Ok(End::Interrupted),
                Key::EndOfInput if self.filter.is_empty() => return Ok(End::Interrupted),
                Key::Escape if self.goes_back => return Ok(End::Back),
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

    /// Keeps the mark on its entry if the entry still matches. If entries match only by scattered
    /// characters, marks the closest one, unless the user has moved the mark.
    fn apply_filter(&mut self) {
        let marked = self.selected();
        let words = words(self.filter.text());
        self.matches = matching(&self.folded, &words);
        let contains_words = |index: &usize| self.folded[*index].contains_all(&words);
        let position = self.matches.iter().position(|index| Some(*index) == marked);
        let needs_mark = self.initial.is_some() || self.is_moved || !words.is_empty();
        self.marked = match position {
            Some(position) if self.is_moved || self.matches.iter().all(contains_words) => {
                Some(position)
            }
            _ => Some(0),
        }
        .filter(|_| needs_mark);
    }

    fn frame(&mut self, columns: usize, rows: usize) -> Frame {
        let typed = format!("{FILTER}{}", self.filter.text());
        let cursor = FILTER.len() + self.filter.cursor();
        let mut frame = lay_out(&typed, cursor, columns);
        let status = wrap(&self.status(), columns);
        let others = frame.rows.len() + status.len() + 1;
        let height = MAX_ROWS.min(rows.saturating_sub(others)).max(1);
        self.scroll(height);
        let words = words(self.filter.text());
        let shown = self.matches.iter().enumerate();
        for (at, index) in shown.skip(self.first).take(height) {
            let is_marked = Some(at) == self.marked;
            let mark = if is_marked { "> " } else { "  " };
            let entry = self.entries[*index].fitted_to(columns.saturating_sub(mark.len()));
            let row = format!("{mark}{entry}");
            if self.has_styles {
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
        let (matches, all) = (self.matches.len(), self.entries.len());
        match matches {
            0 => format!("0 of {all}; press Backspace to widen the filter"),
            matches if matches == all => {
                let back = if self.goes_back {
                    ", Esc to go back"
                } else {
                    ""
                };
                if self.marked.is_none() {
                    return format!(
                        "{all}; type to filter, or mark an entry with the arrows{back}"
                    );
                }
                format!("{all}; type to filter, arrows to move, Enter to select{back}")
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
    words: &[Vec<char>],
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
    use super::{Choice, Entry, Key, List};

    #[track_caller]
    fn check(keys: &[Key], typed: &str, expected: &str) {
        check_with(Some(0), keys, typed, Some(expected));
    }

    #[track_caller]
    fn check_with(marked: Option<usize>, keys: &[Key], typed: &str, expected: Option<&str>) {
        let entries = ["Acme xx Bxx Cxx", "Other", "Zulu-AqBqC"].map(Entry::new);
        let mut list = List::new(&Choice {
            name: "account",
            flag: "--account-id",
            entries: &entries,
            marked,
        });
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
    fn without_a_mark_enter_selects_only_after_a_move_or_a_filter() {
        let check = |keys: &[Key], expected| check_with(None, keys, "", expected);
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
