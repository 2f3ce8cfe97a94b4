//! Small files in [`TokenCache::state_dir`] that no other tool uses, each named after a key.
//!
//! They are hints: without them, a program repeats a request or a sign-in. An unreadable or corrupt
//! file therefore counts as missing.

use std::path::PathBuf;

use locked_file::{Durability, FileMode, WriteOptions, read_as_is, write_atomic};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::key::CacheKey;
use crate::location::EntryLocation;

impl TokenCache {
    /// Returns the content of the state file `KEY.SUFFIX`. Takes no lock.
    pub(crate) fn read_state<T: DeserializeOwned>(
        &self,
        key: &CacheKey,
        suffix: &str,
    ) -> Option<T> {
        let text = read_as_is(&self.state_file(key, suffix)).ok()??;
        serde_json::from_slice(&text).ok()
    }

    /// Replaces the state file `KEY.SUFFIX`.
    pub(crate) fn write_state(
        &self,
        key: &CacheKey,
        suffix: &str,
        content: &impl Serialize,
    ) -> Result<(), CacheError> {
        let json = serde_json::to_vec(content).expect("strings and flags can be serialized");
        let options = WriteOptions::new(FileMode::Private)
            .durability(Durability::Relaxed)
            .scratch(self.state_dir());
        Ok(write_atomic(
            &self.state_file(key, suffix),
            &json,
            &options,
        )?)
    }

    /// Removes the state file `KEY.SUFFIX`, if it exists.
    pub(crate) fn remove_state(&self, key: &CacheKey, suffix: &str) -> Result<(), CacheError> {
        let location = EntryLocation::of_file(self.state_file(key, suffix));
        self.remove_state_file(&location)
    }

    fn state_file(&self, key: &CacheKey, suffix: &str) -> PathBuf {
        self.state_dir().join(format!("{key}.{suffix}"))
    }
}
