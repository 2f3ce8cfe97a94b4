//! Handling of Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::failure::{Failure, FailureKind};
use crate::ui::Ui;
use crate::{progress, terminal};

/// Set while a child process handles Ctrl-C.
static IS_DELEGATED: AtomicBool = AtomicBool::new(false);

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

impl Ui {
    /// Installs a Ctrl-C handler that ends the program with status 130 and a message. The handler
    /// first waits for writes and refreshes in progress; a second Ctrl-C skips the wait.
    pub fn exit_on_interrupt(&self) {
        if IS_DELEGATED.load(Ordering::SeqCst) {
            return;
        }
        let ui = self.clone();
        let on_interrupt = move || {
            if !IS_DELEGATED.load(Ordering::SeqCst) {
                interrupt(&ui);
            }
        };
        if let Err(error) = ctrlc::set_handler(on_interrupt) {
            log::debug!("cannot handle Ctrl-C: {error}");
        }
    }
}

/// Delegates Ctrl-C to a child process until [`take_back`].
#[cfg(feature = "wrapped")]
pub(crate) fn delegate_to_command() {
    IS_DELEGATED.store(true, Ordering::SeqCst);
}

#[cfg(feature = "wrapped")]
pub(crate) fn take_back() {
    IS_DELEGATED.store(false, Ordering::SeqCst);
}

/// Ends the program when the writes and refreshes in progress are complete. A second call ends the
/// program immediately.
pub(crate) fn interrupt(ui: &Ui) {
    if IS_INTERRUPTED.swap(true, Ordering::SeqCst) {
        exit(ui);
    }
    let ui = ui.clone();
    thread::spawn(move || {
        #[cfg(feature = "sso")]
        let _quiescence = sso_session::wait_until_quiescent();
        exit(&ui);
    });
}

pub(crate) fn exit(ui: &Ui) -> ! {
    progress::clear();
    terminal::restore();
    // Start a new line after the ^C that the terminal shows.
    ui.say("");
    ui.report(&Failure::interrupted());
    ui.print_failure_output();
    #[expect(clippy::exit, reason = "the main thread is blocked")]
    std::process::exit(i32::from(FailureKind::Interrupted.exit_status()))
}
