//! What comes twice.

use std::borrow::Cow;

use crate::index::Index;

/// How many texts are compared with each other faster than hashed.
const FEW: usize = 8;

/// Returns the number of each text that comes again, with that of the first one of its kind.
///
/// `text` returns each of the `count` texts by its number, from 0.
pub(super) fn duplicates<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
) -> impl Iterator<Item = (usize, usize)> {
    let mut known = if count <= FEW {
        Known::Few(Default::default())
    } else {
        Known::Many(Index::with_capacity(count))
    };
    (0..count).filter_map(move |number| Some((number, known.first(number, &text)?)))
}

/// The texts up to some number.
enum Known<'t> {
    Few([Cow<'t, str>; FEW]),
    Many(Index),
}

impl<'t> Known<'t> {
    /// Returns the number of the first text that is equal to text `number`, which is the next one.
    fn first(&mut self, number: usize, text: impl Fn(usize) -> Cow<'t, str>) -> Option<usize> {
        let new = text(number);
        match self {
            Self::Few(texts) => {
                let first = texts[..number].iter().position(|known| *known == new);
                texts[number] = new;
                first
            }
            Self::Many(index) => index.get_or_insert(&new, number, |known| text(known) == new),
        }
    }
}
