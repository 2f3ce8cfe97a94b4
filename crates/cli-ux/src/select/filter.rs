//! Filter of a list: entries that contain all words, or else entries with the characters of the words in
//! this order.

use std::ops::Range;

/// Text for comparisons that ignore case.
#[derive(Debug)]
pub(super) struct Folded {
    characters: Vec<char>,
    /// Byte range of each character in the text.
    ranges: Vec<Range<usize>>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let (mut characters, mut ranges) = (Vec::new(), Vec::new());
        for (at, character) in text.char_indices() {
            for folded in character.to_lowercase() {
                characters.push(folded);
                ranges.push(at..at + character.len_utf8());
            }
        }
        Self { characters, ranges }
    }

    pub(super) fn contains_all(&self, words: &[Vec<char>]) -> bool {
        words.iter().all(|word| self.start_of(word).is_some())
    }

    fn start_of(&self, word: &[char]) -> Option<usize> {
        let mut windows = self.characters.windows(word.len());
        windows.position(|window| window == word)
    }

    /// Returns the positions of the characters of `word` in this order, as close together as possible.
    fn scattered(&self, word: &[char]) -> Option<Vec<usize>> {
        let first = word.first()?;
        let starts = self.characters.iter().enumerate();
        let starts = starts.filter(|(_, character)| *character == first);
        let found = starts.filter_map(|(start, _)| self.scattered_from(start, word));
        found.min_by_key(|positions| span(positions))
    }

    fn scattered_from(&self, start: usize, word: &[char]) -> Option<Vec<usize>> {
        let mut next = start;
        let positions = word.iter().map(|character| {
            let rest = self.characters[next..].iter();
            let at = next + rest.into_iter().position(|other| other == character)?;
            next = at + 1;
            Some(at)
        });
        positions.collect()
    }

    /// Returns the byte ranges of the characters that match one of the words.
    pub(super) fn matches(&self, words: &[Vec<char>]) -> Vec<Range<usize>> {
        let positions = words.iter().flat_map(|word| match self.start_of(word) {
            Some(start) => (start..start + word.len()).collect(),
            None => self.scattered(word).unwrap_or_default(),
        });
        positions.map(|at| self.ranges[at].clone()).collect()
    }
}

/// Returns the words of a filter.
pub(super) fn words(filter: &str) -> Vec<Vec<char>> {
    let words = filter.split_whitespace();
    words.map(|word| Folded::new(word).characters).collect()
}

/// Returns the indices of the entries that match all words: those that contain them, in their order; if
/// there are none, those with the characters of the words, with the closest first.
pub(super) fn matching(entries: &[Folded], words: &[Vec<char>]) -> Vec<usize> {
    let contains_all = |index: &usize| entries[*index].contains_all(words);
    let containing: Vec<_> = (0..entries.len()).filter(contains_all).collect();
    if !containing.is_empty() {
        return containing;
    }
    let distance = |entry: &Folded| {
        let spans = words.iter().map(|word| Some(span(&entry.scattered(word)?)));
        spans.sum::<Option<usize>>()
    };
    let scattered = entries.iter().enumerate();
    let scattered = scattered.filter_map(|(index, entry)| Some((distance(entry)?, index)));
    let mut scattered: Vec<_> = scattered.collect();
    scattered.sort_unstable();
    scattered.into_iter().map(|(_, index)| index).collect()
}

fn span(positions: &[usize]) -> usize {
    let (first, last) = (positions.first(), positions.last());
    first.zip(last).map_or(0, |(first, last)| last - first)
}

#[cfg(test)]
mod tests {
    use super::{Folded, matching, words};

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
            assert_eq!(matching(&entries, &words(filter)), expected, "{filter:?}");
        };
        check("", &[0, 1, 2, 3, 4]);
        check("production", &[1, 2]);
        check("PROD 333", &[2]);
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
