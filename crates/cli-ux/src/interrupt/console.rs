//! Ctrl-C, Ctrl-Break and the closing of the console, on systems other than Unix.
//!
//! When the console is closed, Windows ends the process without waiting for writes and refreshes.

use super::Received;
use crate::failure::FailureKind;

/// Returns false: an event is passed on at once.
pub(super) fn is_pending() -> bool {
    false
}

/// Calls `on_signal` for each event that ends the program. A second call has no effect.
pub(super) fn handle(on_signal: impl Fn(Received) + Send + 'static) -> Result<(), ctrlc::Error> {
    let on_event = move || {
        on_signal(Received::Reported {
            kind: FailureKind::Interrupted,
            is_key_press: true,
        });
    };
    match ctrlc::set_handler(on_event) {
        Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        result => result,
    }
}
