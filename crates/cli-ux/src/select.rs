//! Selection from a list with a filter.

mod behaviour;
mod columns;
mod entries;
mod entry;
mod filter;
mod list;
mod numbered;
mod styles;

use std::ops::Range;

use crate::failure::Failure;
use crate::prompt::Back;
use crate::terminal::dumb::is_dumb;
use crate::terminal::keys::Keys;
use crate::terminal::screen::Screen;
use crate::ui::Ui;
use behaviour::{Behaviour, Escape, Order};
pub use entry::Entry;
use list::List;

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

/// Selection from a list that may be long.
#[derive(Clone, Copy)]
pub struct LongChoice<'a> {
    /// Short name of the selection for error messages, such as `profile`.
    pub name: &'a str,
    /// Option that replaces the prompt, for the hint if there is no terminal.
    pub flag: &'a str,
    /// Number of entries.
    pub count: usize,
    /// Returns the entries in a range of indices. If there are many, loads those on the screen first, and then
    /// the others in slices, between the keys that the user presses.
    pub load: &'a dyn Fn(Range<usize>) -> Vec<Entry>,
}

impl LongChoice<'_> {
    /// Returns the selection from all its entries, with the first one marked.
    fn of<'a>(&'a self, entries: &'a [Entry]) -> Choice<'a> {
        Choice {
            name: self.name,
            flag: self.flag,
            entries,
            marked: Some(0),
        }
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
        let selected = self.choose_in(choice, Escape::Nothing)?;
        selected.ok_or_else(Failure::interrupted)
    }

    /// Lets the user select like [`choose`](Self::choose), with the best match first: words at the start of
    /// the first column, then at the start of another word or column, then within a word. Equal matches
    /// keep their order. The Escape key ends the selection like Ctrl-C.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn choose_best(&self, choice: &LongChoice<'_>) -> Result<usize, Failure> {
        let selected = if is_dumb() {
            let entries = &(choice.load)(0..choice.count);
            self.choose_by_number(&choice.of(entries), Back::Unavailable)
        } else {
            let keys = self.open_keys(choice.name, choice.flag)?;
            let behaviour = self.behaviour(Order::BestFirst, Escape::Cancel);
            select(List::long(choice, behaviour), &keys)
        };
        selected?.ok_or_else(Failure::interrupted)
    }

    /// Lets the user select like [`choose`](Self::choose). Returns `None` if the user presses Escape to go
    /// back to the previous prompt.
    ///
    /// # Errors
    ///
    /// Those of [`ask_line`](Self::ask_line).
    pub fn choose_or_back(&self, choice: &Choice<'_>) -> Result<Option<usize>, Failure> {
        self.choose_in(choice, Escape::Back)
    }

    fn choose_in(&self, choice: &Choice<'_>, escape: Escape) -> Result<Option<usize>, Failure> {
        if is_dumb() {
            let back = match escape {
                Escape::Back => Back::Available,
                Escape::Nothing | Escape::Cancel => Back::Unavailable,
            };
            return self.choose_by_number(choice, back);
        }
        let keys = self.open_keys(choice.name, choice.flag)?;
        let behaviour = self.behaviour(Order::OfEntries, escape);
        select(List::new(choice, behaviour), &keys)
    }

    fn behaviour(&self, order: Order, escape: Escape) -> Behaviour {
        let has_styles = self.has_styles();
        Behaviour {
            order,
            escape,
            has_styles,
        }
    }
}

/// Returns `None` if the user goes back.
fn select(mut list: List<'_>, keys: &Keys) -> Result<Option<usize>, Failure> {
    let mut screen = Screen::default();
    let end = list.run(keys, &mut screen).map_err(Failure::terminal)?;
    screen.leave(&[]).map_err(Failure::terminal)?;
    end.answer()
}
