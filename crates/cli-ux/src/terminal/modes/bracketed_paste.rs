//! Bracketed paste, which distinguishes pasted text from key presses.

use std::io;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{Clear, ClearType};

pub(super) fn begin() -> io::Result<()> {
    execute!(io::stderr(), EnableBracketedPaste)
}

/// Also removes the rows below the cursor, which a prompt leaves if a signal ends the program.
pub(super) fn end() {
    // A disconnected terminal needs no restoration.
    let _ = execute!(
        io::stderr(),
        DisableBracketedPaste,
        Clear(ClearType::FromCursorDown)
    );
}
