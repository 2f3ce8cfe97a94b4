//! The address that a person pastes while the program waits for the browser.

#[cfg(not(unix))]
mod keys;
#[cfg(unix)]
mod unechoed;

use sso_credentials::{PasteBack, PasteError};

use crate::Ui;
use crate::terminal::Keys;

#[cfg(not(unix))]
use keys as lines;
#[cfg(unix)]
use unechoed as lines;

pub(crate) use lines::restore;

/// Longer than any address that a browser ends on. What is longer is rubbish.
const LONGEST: usize = 64 * 1024;

/// Reads from the terminal until the answer is there or this is dropped. What is typed is not
/// shown: there is a code in it.
pub(super) struct PasteReader {
    _lines: lines::Lines,
}

impl PasteReader {
    /// Begins to read, where there is a terminal.
    pub(super) fn start(ui: &Ui, paste_back: &PasteBack) -> Option<Self> {
        if !Keys::are_there() {
            return None;
        }
        let (ui, paste_back) = (ui.clone(), paste_back.clone());
        let lines = lines::Lines::read(ui.clone(), move |line| match paste_back.take(line) {
            Ok(()) => true,
            Err(error) => {
                ui.ask(in_words(error));
                false
            }
        });
        Some(Self { _lines: lines })
    }
}

fn in_words(error: PasteError) -> &'static str {
    match error {
        PasteError::OtherSignIn => {
            "That is the address of another sign-in. Paste the one that the URL above led to."
        }
        _ => {
            "That is not the address that the browser ended on. Copy all of it, from \
             http://127.0.0.1 to its end, and paste it again."
        }
    }
}
