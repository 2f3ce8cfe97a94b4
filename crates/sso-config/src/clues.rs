//! Clues of names that do not exist. Thousands of profiles can refer to such names, and be read several times.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::name_clue::NameClue;

/// Number of names for which similar names are searched. A search compares all names. More than that are
/// not misspelled.
const MAX_SEARCHES: usize = 100;

/// Kind of the section that a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Profile,
    Session,
}

/// Clues that were found before in the same files.
#[derive(Debug, Default)]
pub(crate) struct Clues {
    /// Clues in the headers of sections, by the name that each header means.
    profile_headers: OnceLock<BTreeMap<String, NameClue>>,
    session_headers: OnceLock<BTreeMap<String, NameClue>>,
    /// Results of the searches, by the name. `None` stands for names of profiles and sessions.
    searches: Mutex<BTreeMap<(Option<Kind>, String), NameClue>>,
}

impl Clues {
    /// Returns the clue in a header that means `name`. Calls `index` the first time.
    pub(crate) fn of_header(
        &self,
        kind: Kind,
        name: &str,
        index: impl FnOnce() -> BTreeMap<String, NameClue>,
    ) -> Option<NameClue> {
        let headers = match kind {
            Kind::Profile => &self.profile_headers,
            Kind::Session => &self.session_headers,
        };
        headers.get_or_init(index).get(name).cloned()
    }

    /// Returns the result of the first `search` for a name, or [`NameClue::Unlike`] after too many names.
    pub(crate) fn of_search(
        &self,
        kind: Option<Kind>,
        name: &str,
        search: impl FnOnce() -> NameClue,
    ) -> NameClue {
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (kind, name.to_owned());
        match searches.get(&key) {
            Some(clue) => clue.clone(),
            None if searches.len() >= MAX_SEARCHES => NameClue::Unlike,
            None => searches.entry(key).or_insert_with(search).clone(),
        }
    }
}
