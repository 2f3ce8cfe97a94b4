//! Filter of a list: entries that contain all words, or else entries with the characters of the words in
//! this order.

use std::cmp::Reverse;
use std::ops::Range;

use super::entry::COLUMN_END;

/// Text for comparisons that ignore case.
#[derive(Debug)]
pub(super) struct Folded {
    /// The text in lower case.
    text: String,
    /// Byte range in the original text for each byte of `text`; `None` if all are the same.
    origins: Option<Vec<Range<usize>>>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self {
                text: text.to_ascii_lowercase(),
                origins: None,
            };
        }
        let (mut lower, mut origins) = (String::new(), Vec::new());
        for (at, character) in text.char_indices() {
            lower.extend(character.to_lowercase());
            origins.resize(lower.len(), at..at + character.len_utf8());
        }
        Self {
            text: lower,
            origins: Some(origins),
        }
    }

    fn contains_all(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.text.contains(word))
    }

    /// Returns the sum of the ranks of the best occurrence of each word.
    fn rank(&self, words: &[String]) -> u32 {
        let best = |word: &String| {
            let found = self.text.match_indices(word.as_str());
            found.map(|(at, _)| self.rank_at(at..at + word.len())).max()
        };
        words.iter().filter_map(best).sum()
    }

    /// Returns the rank of an occurrence: higher in the first column, and at the start and the end of a
    /// column or a word.
    fn rank_at(&self, found: Range<usize>) -> u32 {
        let (before, after) = (&self.text[..found.start], &self.text[found.end..]);
        let in_first = if before.contains(COLUMN_END) { 0 } else { 3 };
        let start = match before.chars().next_back() {
            None | Some(COLUMN_END) => 4,
            Some(character) if !character.is_alphanumeric() => 2,
            Some(_) => 0,
        };
        let end = match after.chars().next() {
            None | Some(COLUMN_END) => 2,
            Some(character) if !character.is_alphanumeric() => 1,
            Some(_) => 0,
        };
        in_first + start + end
    }

    /// Returns the positions of the characters of `word` in this order in the first column, as close together
    /// as possible.
    fn scattered(&self, word: &str) -> Option<Vec<usize>> {
        let first = word.chars().next()?;
        let starts = self.first_column().match_indices(first);
        let found = starts.filter_map(|(start, _)| self.scattered_from(start, word));
        found.min_by_key(|positions| span(positions))
    }

    fn first_column(&self) -> &str {
        let end = self.text.find(COLUMN_END);
        &self.text[..end.unwrap_or(self.text.len())]
    }

    fn scattered_from(&self, start: usize, word: &str) -> Option<Vec<usize>> {
        let mut next = start;
        let positions = word.chars().map(|character| {
            let at = next + self.first_column()[next..].find(character)?;
            next = at + character.len_utf8();
            Some(at)
        });
        positions.collect()
    }

    /// Returns the byte ranges of the characters that match one of the words.
    pub(super) fn matches(&self, words: &[String]) -> Vec<Range<usize>> {
        let positions = words.iter().flat_map(|word| match self.text.find(word) {
            Some(start) => {
                let characters = word.char_indices();
                characters.map(|(at, _)| start + at).collect()
            }
            None => self.scattered(word).unwrap_or_default(),
        });
        positions.map(|at| self.origin(at)).collect()
    }

    fn origin(&self, at: usize) -> Range<usize> {
        match &self.origins {
            Some(origins) => origins[at].clone(),
            None => at..at + 1,
        }
    }
}

/// Returns the words of a filter.
pub(super) fn words(filter: &str) -> Vec<String> {
    let words = filter.split_whitespace();
    words.map(|word| Folded::new(word).text).collect()
}

/// Entries that match a filter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Matches {
    pub(super) indices: Vec<usize>,
    /// Set if the entries contain only the characters of the words, and not the words.
    pub(super) are_scattered: bool,
}

impl Matches {
    /// Returns all of `count` entries.
    pub(super) fn all(count: usize) -> Self {
        Self {
            indices: (0..count).collect(),
            are_scattered: false,
        }
    }

    /// Returns the entries that contain all words, in their order; if there are none, those with the
    /// characters of the words, with the closest first.
    pub(super) fn of(entries: &[Folded], words: &[String]) -> Self {
        let contains_all = |index: &usize| entries[*index].contains_all(words);
        let containing: Vec<_> = (0..entries.len()).filter(contains_all).collect();
        let are_scattered = containing.is_empty();
        let indices = if are_scattered {
            scattered(entries, words)
        } else {
            containing
        };
        Self {
            indices,
            are_scattered,
        }
    }

    /// Moves the best matches to the start. Equal matches keep their order.
    pub(super) fn best_first(mut self, entries: &[Folded], words: &[String]) -> Self {
        if !self.are_scattered && !words.is_empty() {
            let rank = |index: &usize| Reverse(entries[*index].rank(words));
            self.indices.sort_by_cached_key(rank);
        }
        self
    }
}

fn scattered(entries: &[Folded], words: &[String]) -> Vec<usize> {
    let distance = |entry: &Folded| {
        let spans = words.iter().map(|word| Some(span(&entry.scattered(word)?)));
        spans.sum::<Option<usize>>()
    };
    let found = entries.iter().enumerate();
    let found = found.filter_map(|(index, entry)| Some((distance(entry)?, index)));
    let mut found: Vec<_> = found.collect();
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

fn span(positions: &[usize]) -> usize {
    let (first, last) = (positions.first(), positions.last());
    first.zip(last).map_or(0, |(first, last)| last - first)
}

#[cfg(test)]
mod tests {
    use super::{Folded, Matches, words};

    const NAMES: [&str; 5] = [
        "Billing (111111111111)",
        "Production-Admin (222222222222)",
        "Production-Audit (333333333333)",
        "Größe 東京 (123456789011)",
        "paradigm (444444444444)",
    ];

    #[test]
    fn entries_with_all_words_come_first_and_scattered_characters_second() {
        let entries = NAMES.map(Folded::new);
        let check = |filter: &str, expected: &[usize]| {
            let found = Matches::of(&entries, &words(filter));
            assert_eq!(found.indices, expected, "{filter:?}");
        };
        check("", &[0, 1, 2, 3, 4]);
        check("production", &[1, 2]);
        check("PROD 333", &[2]);
        check("333 prod", &[2]);
        check("prodadm", &[1]);
        check("pad", &[4, 1, 2]);
        check("pdu", &[1, 2]);
        check("größe", &[3]);
        check("GRÖ東", &[3]);
        check("1234567890", &[3]);
        check("12345678900", &[]);
        check("x", &[]);
        check("prod x", &[]);
    }

    #[test]
    fn the_best_match_comes_first_and_equal_matches_keep_their_order() {
        let entries = [
            "nonprod\n111122223333\nReadOnly\n",
            "x-prod\n111122223333\nReadOnly\n",
            "prod-audit\n111122223333\nReadOnly\n",
            "acme\n444455556666\nProd\n",
            "prod-data\n111122223333\nReadOnly\n",
            "prod\n111122223333\nReadOnly\n",
        ]
        .map(Folded::new);
        let check = |filter: &str, expected: &[usize]| {
            let words = words(filter);
            let found = Matches::of(&entries, &words).best_first(&entries, &words);
            assert_eq!(found.indices, expected, "{filter:?}");
        };
        check("prod", &[5, 2, 4, 1, 3, 0]);
        check("PROD 1111", &[5, 2, 4, 1, 0]);
        check("only prod", &[5, 2, 4, 1, 0]);
        check("444", &[3]);
        check("", &[0, 1, 2, 3, 4, 5]);
        check("pdat", &[4, 2]);
        // The characters are only in other columns.
        check("rdo1", &[]);
        check("acpd", &[]);
    }

    #[test]
    fn the_closest_characters_are_marked() {
        let check = |text: &str, filter: &str, expected: &[&str]| {
            let ranges = Folded::new(text).matches(&words(filter));
            let marked: Vec<_> = ranges.into_iter().map(|range| &text[range]).collect();
            assert_eq!(marked, expected, "{text} {filter}");
        };
        check("Admin", "dm", &["d", "m"]);
        check("a-d-ad", "ad", &["a", "d"]);
        check("İstanbul", "i", &["İ"]);
        check("GRÖSSE", "öe", &["Ö", "E"]);
        check("abc", "x", &[]);
    }
}
