//! Bracketed paste, which distinguishes pasted text from key presses.

use std::io;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;

pub(super) fn begin() -> io::Result<()> {
    execute!(io::stderr(), EnableBracketedPaste)
}

pub(super) fn end() {
    // A disconnected terminal needs no restoration.
    let _ = execute!(io::stderr(), DisableBracketedPaste);
}
