//! Note in the message of an interruption about what the program has written.

use std::sync::{Mutex, PoisonError};

/// Returns the note when the program is interrupted, after the writes in progress.
pub(crate) type Note = fn() -> &'static str;

static NOTE: Mutex<Option<Note>> = Mutex::new(None);

pub(crate) fn set(note: Note) {
    *NOTE.lock().unwrap_or_else(PoisonError::into_inner) = Some(note);
}

pub(crate) fn current() -> Option<&'static str> {
    let note = *NOTE.lock().unwrap_or_else(PoisonError::into_inner);
    note.map(|note| note())
}
