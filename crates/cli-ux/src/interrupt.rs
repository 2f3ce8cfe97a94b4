//! Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::failure::{Failure, FailureKind};
use crate::ui::Ui;
use crate::{progress, terminal};

/// Set while Ctrl-C is left to a command that has the terminal.
static IS_LEFT: AtomicBool = AtomicBool::new(false);

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

impl Ui {
    /// Makes Ctrl-C end the program with status 130 and a message, as soon as no write and no
    /// refresh is in progress. A second Ctrl-C ends it at once.
    pub fn exit_on_interrupt(&self) {
        if IS_LEFT.load(Ordering::SeqCst) {
            return;
        }
        let ui = self.clone();
        let on_interrupt = move || {
            if !IS_LEFT.load(Ordering::SeqCst) {
                interrupt(&ui);
            }
        };
        if let Err(error) = ctrlc::set_handler(on_interrupt) {
            log::debug!("Ctrl-C is left to the system: {error}");
        }
    }
}

/// Leaves Ctrl-C to a command from now on.
#[cfg(feature = "wrapped")]
pub(crate) fn leave_to_command() {
    IS_LEFT.store(true, Ordering::SeqCst);
}

/// Ends [`leave_to_command`].
#[cfg(feature = "wrapped")]
pub(crate) fn take_back() {
    IS_LEFT.store(false, Ordering::SeqCst);
}

/// Ends the program as soon as no write and no refresh is in progress. The second call ends it at
/// once.
pub(crate) fn interrupt(ui: &Ui) {
    if IS_INTERRUPTED.swap(true, Ordering::SeqCst) {
        exit(ui);
    }
    let ui = ui.clone();
    thread::spawn(move || {
        #[cfg(feature = "sso")]
        let _no_step_begins = sso_session::wait_until_quiescent();
        exit(&ui);
    });
}

/// Ends the program with the message and the exit status of Ctrl-C.
pub(crate) fn exit(ui: &Ui) -> ! {
    progress::clear();
    terminal::restore();
    // A line of its own, after the ^C that the terminal shows.
    ui.say("");
    ui.report(&Failure::interrupted());
    #[expect(clippy::exit, reason = "the main thread is waiting for something else")]
    std::process::exit(i32::from(FailureKind::Interrupted.exit_status()))
}
