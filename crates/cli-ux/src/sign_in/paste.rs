//! The URL that the user pastes while the program waits for the browser.

#[cfg(not(unix))]
mod keys;
#[cfg(unix)]
mod unechoed;

use sso_session::sign_in::{PasteBack, PasteError};

use crate::terminal;
use crate::ui::Ui;

#[cfg(not(unix))]
use keys as lines;
#[cfg(unix)]
use unechoed as lines;

/// Length up to which a line is kept, which is more than any browser puts into a URL.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// Reads from the terminal until a URL is taken or this is dropped. The input is not shown, since
/// it holds a code.
pub(super) struct PasteReader {
    _lines: lines::Lines,
}

impl PasteReader {
    /// Starts to read, if there is a terminal.
    pub(super) fn start(ui: &Ui, paste_back: &PasteBack) -> Option<Self> {
        if !terminal::is_interactive() {
            return None;
        }
        let (ui, paste_back) = (ui.clone(), paste_back.clone());
        let take = {
            let ui = ui.clone();
            move |line: &str| match paste_back.take(line) {
                Ok(()) => true,
                Err(error) => {
                    ui.ask(message(error));
                    false
                }
            }
        };
        Some(Self {
            _lines: lines::Lines::read(ui, MAX_LINE_BYTES, take),
        })
    }
}

fn message(error: PasteError) -> &'static str {
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
