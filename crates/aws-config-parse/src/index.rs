//! Finding things again by their hashes.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};

use crate::span::offset;

/// The numbers of things in a list that is kept elsewhere, by what the things are.
///
/// Holds nothing of the things, which stand all over the file: small enough to stay in a processor's
/// caches for longer. Whether two of a hash are equal is asked of the caller.
#[derive(Clone, Default)]
pub(crate) struct Index {
    hasher: RandomState,
    /// The numbers by 32 bits of the hash, or by the next free ones above.
    slots: HashMap<u32, u32, BuildHasherDefault<Spread>>,
}

impl Index {
    /// Returns an empty index with room for `count` things.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            slots: HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default()),
            ..Self::default()
        }
    }

    /// Returns the number of `item`, where `is_equal` tells whether the thing of a number is it.
    pub(crate) fn get(&self, item: &impl Hash, is_equal: impl Fn(usize) -> bool) -> Option<usize> {
        self.find(item, is_equal).1
    }

    /// Makes `number` the number of `item`, whether it has one or not.
    pub(crate) fn insert(
        &mut self,
        item: &impl Hash,
        number: usize,
        is_equal: impl Fn(usize) -> bool,
    ) {
        let (slot, _) = self.find(item, is_equal);
        self.slots.insert(slot, offset(number));
    }

    /// Returns the slot of `item`, and its number if the slot is taken.
    fn find(&self, item: &impl Hash, is_equal: impl Fn(usize) -> bool) -> (u32, Option<usize>) {
        let mut slot = (self.hasher.hash_one(item) >> 32) as u32;
        loop {
            let number = self.slots.get(&slot).map(|number| *number as usize);
            if number.is_none_or(&is_equal) {
                return (slot, number);
            }
            slot = slot.wrapping_add(1);
        }
    }
}

/// The hasher of what is part of a hash already.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    /// The map looks at the lowest bits and at the highest.
    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash) << 32 | u64::from(hash);
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only slots, which are u32, are hashed")
    }
}
