//! Selection by number, on a terminal without escape sequences.

use crate::failure::Failure;
use crate::prompt::Back;
use crate::select::Choice;
use crate::select::entry::Entry;
use crate::select::filter::{Folded, Matches, words};
use crate::terminal::screen::Screen;
use crate::ui::Ui;

/// Maximum number of entries that are shown at once.
const MAX_SHOWN: usize = 20;

impl Ui {
    /// Returns the index of the entry whose number the user enters. Other text filters the entries. Returns
    /// `None` if the user goes back.
    pub(super) fn choose_by_number(
        &self,
        choice: &Choice<'_>,
        back: Back,
    ) -> Result<Option<usize>, Failure> {
        self.prepare_prompt(choice.name, choice.flag)?;
        let mut list = Numbered::new(choice);
        self.show(&list);
        while let Some(typed) = self.read_plainly(&list.prompt(), back)? {
            match list.number(&typed) {
                Some(index) => return Ok(Some(index)),
                None if typed.is_empty() => {}
                None if list.apply_filter(&typed) => self.show(&list),
                None => self.ask_sentence("No entry matches."),
            }
        }
        Ok(None)
    }

    fn show(&self, list: &Numbered<'_>) {
        let (columns, _) = Screen::size();
        let width = list.choice.entries.len().to_string().len();
        let shown = list.matches.iter().skip(list.first());
        for index in shown.take(MAX_SHOWN) {
            let rest = columns.saturating_sub(width + 2);
            let entry = list.choice.entries[*index].fitted_to(rest);
            self.ask(format_args!("{:>width$}  {entry}", index + 1));
        }
        if list.matches.len() > MAX_SHOWN {
            let matches = list.matches.len();
            self.ask_sentence(format_args!("{MAX_SHOWN} of {matches} are shown."));
        }
    }
}

struct Numbered<'a> {
    choice: &'a Choice<'a>,
    folded: Vec<Folded>,
    /// Indices of the entries that match the last filter.
    matches: Vec<usize>,
    /// Index of the entry that an empty line selects.
    marked: Option<usize>,
}

impl<'a> Numbered<'a> {
    fn new(choice: &'a Choice<'a>) -> Self {
        let entries = choice.entries;
        let last = entries.len().saturating_sub(1);
        Self {
            choice,
            folded: entries
                .iter()
                .map(|it| Folded::new(&it.searched()))
                .collect(),
            matches: (0..entries.len()).collect(),
            marked: choice.marked.map(|marked| marked.min(last)),
        }
    }

    fn prompt(&self) -> String {
        let default = self.marked.map(|marked| format!(" [{}]", marked + 1));
        let default = default.unwrap_or_default();
        format!("Enter a number or text to filter{default}: ")
    }

    /// Returns the index of the matching entry with the typed number, or of the marked one for an empty line.
    fn number(&self, typed: &str) -> Option<usize> {
        if typed.is_empty() {
            return self.marked;
        }
        let index = typed.parse::<usize>().ok()?.checked_sub(1)?;
        self.matches.contains(&index).then_some(index)
    }

    /// Returns false, without an effect, if no entry matches.
    fn apply_filter(&mut self, typed: &str) -> bool {
        let found = Matches::of(&self.folded, &words(typed));
        let matches = found.indices;
        let Some(first) = matches.first() else {
            return false;
        };
        let has_columns = self.choice.entries.iter().any(Entry::has_columns);
        let is_best = !(found.are_scattered && has_columns);
        self.marked = self
            .marked
            .filter(|it| matches.contains(it))
            .or(is_best.then_some(*first));
        self.matches = matches;
        true
    }

    /// Returns the index in `matches` of the first entry that is shown, so that the marked one is among them and
    /// as many as possible are shown.
    fn first(&self) -> usize {
        let marked = self
            .matches
            .iter()
            .position(|index| Some(*index) == self.marked);
        let last_start = self.matches.len().saturating_sub(MAX_SHOWN);
        marked
            .filter(|position| *position >= MAX_SHOWN)
            .map_or(0, |position| position.min(last_start))
    }
}
