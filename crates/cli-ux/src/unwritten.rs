//! Note in the message of an interruption while nothing is written.

use std::sync::{Mutex, PoisonError};

static NOTE: Mutex<Option<&'static str>> = Mutex::new(None);

/// Adds a note to the message if the program is interrupted, until this is dropped.
#[derive(Debug)]
#[must_use = "the note is removed when this is dropped"]
pub struct Unwritten(());

impl Unwritten {
    pub(crate) fn begin(note: &'static str) -> Self {
        set(Some(note));
        Self(())
    }
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        set(None);
    }
}

pub(crate) fn current() -> Option<&'static str> {
    *NOTE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(note: Option<&'static str>) {
    *NOTE.lock().unwrap_or_else(PoisonError::into_inner) = note;
}
