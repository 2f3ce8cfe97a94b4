//! What comes twice.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use crate::span::offset;

/// How many texts are compared with each other faster than hashed.
const FEW: usize = 8;

/// Tells the number of each text that comes again, with that of the first one of its kind, in no
/// certain order.
///
/// `text` returns each of the `count` texts by its number, from 0.
pub(super) fn duplicates<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
    found: impl FnMut(usize, usize),
) {
    if count <= FEW {
        among_few(count, text, found);
    } else {
        among_many(count, text, found);
    }
}

fn among_few<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
    mut found: impl FnMut(usize, usize),
) {
    let mut texts: [Cow<'_, str>; FEW] = Default::default();
    for number in 0..count {
        let new = text(number);
        if let Some(first) = texts[..number].iter().position(|known| *known == new) {
            found(number, first);
        }
        texts[number] = new;
    }
}

/// Sorts the texts by their hashes, which goes through memory from end to end; a table of them
/// would be looked up all over it.
fn among_many<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
    mut found: impl FnMut(usize, usize),
) {
    let hasher = RandomState::new();
    let hashed = |number| Hashed::new(hasher.hash_one(text(number)), number);
    let mut all: Vec<Hashed> = (0..count).map(hashed).collect();
    all.sort_unstable();
    let alike = all.chunk_by(|one, next| one.hash() == next.hash());
    for alike in alike.filter(|alike| alike.len() > 1) {
        let mut kinds: Vec<usize> = Vec::new();
        for number in alike.iter().map(|hashed| hashed.number()) {
            let new = text(number);
            match kinds.iter().find(|first| text(**first) == new) {
                Some(first) => found(number, *first),
                None => kinds.push(number),
            }
        }
    }
}

/// Half of a hash, and below it the number of what was hashed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hashed(u64);

impl Hashed {
    fn new(hash: u64, number: usize) -> Self {
        Self(hash >> 32 << 32 | u64::from(offset(number)))
    }

    fn hash(self) -> u64 {
        self.0 >> 32
    }

    fn number(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }
}
