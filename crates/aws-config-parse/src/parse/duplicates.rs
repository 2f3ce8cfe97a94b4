//! Search for duplicate keys and headers.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use crate::span::offset;

/// Maximum number of texts for which comparison is faster than hashing.
const MAX_COMPARED: usize = 8;

/// Calls `on_duplicate` for each text that equals an earlier one, with the numbers of the text and
/// of the first equal text. The order of the calls is unspecified.
///
/// `text` returns the text with a number from 0 to `count - 1`.
pub(super) fn find_duplicates<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
    on_duplicate: impl FnMut(usize, usize),
) {
    if count <= MAX_COMPARED {
        find_by_comparison(count, text, on_duplicate);
    } else {
        find_by_hash(count, text, on_duplicate);
    }
}

fn find_by_comparison<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
    mut on_duplicate: impl FnMut(usize, usize),
) {
    let mut texts: [Cow<'_, str>; MAX_COMPARED] = Default::default();
    for number in 0..count {
        let new = text(number);
        if let Some(first) = texts[..number].iter().position(|known| *known == new) {
            on_duplicate(number, first);
        }
        texts[number] = new;
    }
}

/// Sorts the texts by hash, which accesses memory in sequence; a hash table would access it at
/// random.
fn find_by_hash<'t>(
    count: usize,
    text: impl Fn(usize) -> Cow<'t, str>,
    mut on_duplicate: impl FnMut(usize, usize),
) {
    let state = RandomState::new();
    let hash = |number| (state.hash_one(text(number)) >> 32) as u32;
    let mut hashes: Vec<(u32, u32)> = (0..count).map(|n| (hash(n), offset(n))).collect();
    hashes.sort_unstable();
    let groups = hashes.chunk_by(|(hash, _), (next, _)| hash == next);
    for group in groups.filter(|group| group.len() > 1) {
        let mut distinct: Vec<usize> = Vec::new();
        for number in group.iter().map(|(_, number)| *number as usize) {
            let new = text(number);
            match distinct.iter().find(|first| text(**first) == new) {
                Some(first) => on_duplicate(number, *first),
                None => distinct.push(number),
            }
        }
    }
}
