//! Bracketed paste, which distinguishes pasted text from key presses.

use std::io;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType};

use crate::stderr;

pub(super) fn begin() -> io::Result<()> {
    let mut bytes = Vec::new();
    queue!(bytes, EnableBracketedPaste)?;
    stderr::write_all(&bytes)
}

/// Also removes the rows below the cursor, which a prompt leaves if a signal ends the program.
pub(super) fn end() {
    let mut bytes = Vec::new();
    let queued = queue!(
        bytes,
        DisableBracketedPaste,
        Clear(ClearType::FromCursorDown)
    );
    // A disconnected terminal needs no restoration.
    let _ = queued.and_then(|()| stderr::write_all(&bytes));
}
