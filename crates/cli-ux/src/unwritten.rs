//! Note in the message of an interruption while nothing is written.

use std::sync::{Mutex, PoisonError};

use crate::ui::Ui;

static NOTE: Mutex<Option<&'static str>> = Mutex::new(None);

/// Adds a note to the message if the program is interrupted, until this is dropped.
#[derive(Debug)]
#[must_use = "the note is removed when this is dropped"]
pub struct Unwritten(());

impl Ui {
    /// Adds `note`, for example `nothing was written to the config file`, to the message if the program is
    /// interrupted, until the result is dropped.
    pub fn note_if_interrupted(&self, note: &'static str) -> Unwritten {
        set(Some(note));
        Unwritten(())
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
