//! Pastes in brackets, so that they are told from keys.

use std::io;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;

pub(super) fn begin() -> io::Result<()> {
    execute!(io::stderr(), EnableBracketedPaste)
}

pub(super) fn end() {
    // A terminal that is gone has nothing to restore.
    let _ = execute!(io::stderr(), DisableBracketedPaste);
}
