//! Entries of a list. A long list is loaded in slices, so that no key waits for all of it.

use std::borrow::Cow;
use std::ops::Range;

use super::LongChoice;
use super::columns::Columns;
use super::entry::Entry;
use super::filter::{Folded, Matches};

/// Maximum length of a list that is loaded completely before it is drawn.
const MAX_SHORT: usize = 1_000;

/// Number of entries that are loaded while a key may wait.
const SLICE: usize = 200;

/// Loader of the entries in a range of indices.
type Load<'a> = &'a dyn Fn(Range<usize>) -> Vec<Entry>;

pub(super) struct Entries<'a> {
    /// The first entries.
    loaded: Cow<'a, [Entry]>,
    /// `None` if all entries are loaded.
    load: Option<Load<'a>>,
    /// Number of all entries.
    count: usize,
    /// Texts that the filter searches, of the first entries.
    folded: Vec<Folded>,
    columns: Columns,
    /// Number of the first entries that `columns` has room for.
    measured: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn new(entries: &'a [Entry]) -> Self {
        Self {
            loaded: Cow::Borrowed(entries),
            load: None,
            count: entries.len(),
            folded: Vec::new(),
            columns: Columns::default(),
            measured: 0,
        }
    }

    /// Loads a short list, and only the `visible` first entries of a long one.
    pub(super) fn long(choice: &LongChoice<'a>, visible: usize) -> Self {
        let count = choice.count;
        let is_short = count <= MAX_SHORT;
        let loaded = (choice.load)(0..if is_short { count } else { visible });
        Self {
            loaded: Cow::Owned(loaded),
            load: (!is_short).then_some(choice.load),
            count,
            ..Self::new(&[])
        }
    }

    /// Returns the number of all entries.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn are_loaded(&self) -> bool {
        self.load.is_none()
    }

    /// Loads a slice, and prepares it for the filter.
    pub(super) fn load_slice(&mut self) {
        let Some(load) = self.load else { return };
        let start = self.loaded.len();
        let slice = load(start..self.count.min(start + SLICE));
        if slice.is_empty() || start + slice.len() >= self.count {
            self.load = None;
        }
        self.loaded.to_mut().extend(slice);
        self.fold();
        self.measure();
    }

    /// Loads the rest.
    pub(super) fn load_rest(&mut self) {
        while !self.are_loaded() {
            self.load_slice();
        }
    }

    /// Returns the loaded entries that match all words, or all entries if there are no words.
    pub(super) fn matches(&mut self, words: &[String], is_best_first: bool) -> Matches {
        if words.is_empty() {
            return Matches::all(self.count);
        }
        self.fold();
        let found = Matches::of(&self.folded, words);
        if is_best_first {
            found.best_first(&self.folded, words)
        } else {
            found
        }
    }

    /// Returns the entries at `indices`, each in at most `width` columns of the terminal.
    pub(super) fn rows(&mut self, indices: &[usize], width: usize) -> Vec<String> {
        self.measure();
        let shown: Vec<_> = indices.iter().map(|index| self.entry(*index)).collect();
        let has_columns = self.loaded.first().is_some_and(Entry::has_columns);
        let columns = has_columns.then(|| {
            let mut columns = self.columns.clone();
            columns.widen(&shown);
            columns.fitted_to(width)
        });
        let row = |entry: &Cow<'_, Entry>| match &columns {
            Some(columns) => columns.row(entry),
            None => entry.fitted_to(width),
        };
        shown.iter().map(row).collect()
    }

    /// Returns the entry, also one that is not loaded yet.
    fn entry(&self, index: usize) -> Cow<'_, Entry> {
        if let Some(entry) = self.loaded.get(index) {
            return Cow::Borrowed(entry);
        }
        let load = self.load.map(|load| load(index..index + 1));
        let entry = load.and_then(|mut loaded| loaded.pop());
        Cow::Owned(entry.unwrap_or_else(|| Entry::new("")))
    }

    fn fold(&mut self) {
        let texts = self.loaded[self.folded.len()..].iter();
        let folded = texts.map(|entry| Folded::new(&entry.searched()));
        self.folded.extend(folded);
    }

    fn measure(&mut self) {
        self.columns.widen(&self.loaded[self.measured..]);
        self.measured = self.loaded.len();
    }
}
