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

/// Sorts the texts by their hashes, which goes through memory from end to end; a table would be
/// looked up all over it.
fn among_many<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
    mut found: impl FnMut(usize, usize),
) {
    let state = RandomState::new();
    let hash = |number| (state.hash_one(text(number)) >> 32) as u32;
    let mut hashes: Vec<(u32, u32)> = (0..count).map(|n| (hash(n), offset(n))).collect();
    hashes.sort_unstable();
    let alike = hashes.chunk_by(|(one, _), (next, _)| one == next);
    for alike in alike.filter(|alike| alike.len() > 1) {
        let mut kinds: Vec<usize> = Vec::new();
        for number in alike.iter().map(|(_, number)| *number as usize) {
            let new = text(number);
            match kinds.iter().find(|first| text(**first) == new) {
                Some(first) => found(number, *first),
                None => kinds.push(number),
            }
        }
    }
}
