//! Input of a URL that the user pastes while the program waits for the browser.

#[cfg(not(unix))]
mod keys;
#[cfg(unix)]
mod unechoed;

use std::cell::RefCell;
use std::thread::JoinHandle;

use sso_session::sign_in::{PasteBack, PasteError};
use sso_session::threads;
use zeroize::Zeroizing;

use super::escape::Escape;
use crate::prompt::BACK;
use crate::terminal;
use crate::terminal::dumb::is_dumb;
use crate::ui::Ui;

#[cfg(not(unix))]
use keys as lines;
#[cfg(unix)]
use unechoed as lines;

/// Maximum length of a line, far more than a URL from a sign-in redirect needs.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// Reads from the terminal until a URL is accepted or this is dropped. A URL may be broken into lines,
/// also into several inputs. The input is not echoed because it contains an authorization code.
pub(super) struct PasteReader {
    _lines: lines::Lines,
}

impl PasteReader {
    /// Discards the input from before the URL or the code of the sign-in is shown: it is not the final URL, and
    /// its Escape key does not cancel the sign-in.
    pub(super) fn discard_earlier() {
        if terminal::is_interactive() {
            terminal::discard_input();
        }
    }

    /// Reads a URL for `paste_back`. The Escape key cancels the sign-in.
    pub(super) fn start(ui: &Ui, paste_back: &PasteBack, escape: Option<&Escape>) -> Option<Self> {
        let accept = {
            let (ui, paste_back, earlier) = (ui.clone(), paste_back.clone(), Earlier::default());
            move |text: &str| match earlier.take(&paste_back, text) {
                Ok(()) => true,
                Err(error) => {
                    ui.ask_sentence(message(error));
                    false
                }
            }
        };
        let paste_back = paste_back.clone();
        let on_escape = escape.cloned().map(|escape| -> OnEscape {
            Box::new(move || {
                escape.press();
                paste_back.cancel();
            })
        });
        Self::read(ui, accept, on_escape)
    }

    /// Waits for the Escape key. Other input has no effect.
    pub(super) fn for_escape(ui: &Ui, escape: &Escape) -> Option<Self> {
        let escape = escape.clone();
        Self::read(ui, |_| false, Some(Box::new(move || escape.press())))
    }

    fn read(
        ui: &Ui,
        accept: impl Fn(&str) -> bool + Send + 'static,
        on_escape: Option<OnEscape>,
    ) -> Option<Self> {
        if !terminal::is_interactive() {
            return None;
        }
        terminal::handle_stops();
        let input = Input { accept, on_escape };
        Some(Self {
            _lines: lines::Lines::read(ui.clone(), MAX_LINE_BYTES, input),
        })
    }
}

/// Called if the user presses Escape.
type OnEscape = Box<dyn Fn() + Send>;

/// Meaning of the input.
struct Input<F> {
    accept: F,
    on_escape: Option<OnEscape>,
}

impl<F: Fn(&str) -> bool> Input<F> {
    /// Returns whether the input ends with `text`.
    fn ends_with(&self, text: &str) -> bool {
        let goes_back = is_dumb() && text.trim() == BACK;
        goes_back && self.ends_with_escape() || (self.accept)(text)
    }

    /// Returns whether the input ends with the Escape key.
    fn ends_with_escape(&self) -> bool {
        let Some(on_escape) = &self.on_escape else {
            return false;
        };
        on_escape();
        true
    }
}

/// Input that was not accepted, and may be the first part of a URL.
#[derive(Default)]
struct Earlier(RefCell<Zeroizing<String>>);

impl Earlier {
    /// Passes `text`, and then the earlier input with `text`. The error is that of `text`.
    fn take(&self, paste_back: &PasteBack, text: &str) -> Result<(), PasteError> {
        let outcome = paste_back.take(text);
        if outcome.is_ok() {
            return outcome;
        }
        let joined = Zeroizing::new(format!("{}\n{text}", self.0.borrow().as_str()));
        if paste_back.take(&joined).is_ok() {
            return Ok(());
        }
        let is_short = joined.len() <= MAX_LINE_BYTES;
        self.0.replace(if is_short {
            joined
        } else {
            Zeroizing::default()
        });
        outcome
    }
}

/// Starts the thread of the reader. Without it, a URL cannot be pasted.
fn start(read: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    threads::spawn(read)
        .inspect_err(|error| log::warn!("pasting a URL is not available: {error}"))
        .ok()
}

fn message(error: PasteError) -> &'static str {
    match error {
        PasteError::OtherSignIn => {
            "This URL belongs to another sign-in. Paste the complete final URL of the sign-in shown \
             above."
        }
        _ => {
            "This is not the final URL of the sign-in. Copy the complete URL, which begins with \
             http://127.0.0.1, and paste it again."
        }
    }
}
