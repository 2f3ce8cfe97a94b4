//! A hash index of items that are stored elsewhere.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};

use crate::span::offset;

/// A map from items to their numbers in a list that the caller stores.
///
/// The map contains hashes and numbers only, so that it fits into the CPU caches better than a map
/// of names. The caller compares items with equal hashes.
#[derive(Clone, Default)]
pub(crate) struct Index {
    hasher: RandomState,
    /// Numbers by the upper 32 bits of the hash, or by the next free slot.
    slots: HashMap<u32, u32, BuildHasherDefault<IdentityHasher>>,
    has_replaced: bool,
}

impl Index {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            slots: HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default()),
            ..Self::default()
        }
    }

    /// Returns the number of `item`. `is_equal` returns whether a number is that of `item`.
    pub(crate) fn get(&self, item: &impl Hash, is_equal: impl Fn(usize) -> bool) -> Option<usize> {
        self.find(item, is_equal).1
    }

    /// Returns whether the number of an item was replaced.
    pub(crate) fn has_replaced(&self) -> bool {
        self.has_replaced
    }

    /// Sets or replaces the number of `item`. An item that was changed in the list is found under its
    /// new value afterwards, and no longer under the old one.
    pub(crate) fn insert(
        &mut self,
        item: &impl Hash,
        number: usize,
        is_equal: impl Fn(usize) -> bool,
    ) {
        let (slot, replaced) = self.find(item, is_equal);
        self.has_replaced |= replaced.is_some_and(|replaced| replaced != number);
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

#[derive(Default)]
struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    /// `HashMap` uses the lowest and the highest bits, so the hash is written to both halves.
    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash) << 32 | u64::from(hash);
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("slots are u32")
    }
}
