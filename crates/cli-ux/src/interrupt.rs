//! Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::{Failure, FailureKind, Ui};

/// Whether a command has taken the terminal over.
static IS_LEFT: AtomicBool = AtomicBool::new(false);

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Leaves it to a command what Ctrl-C does, from now on.
#[cfg(feature = "wrapped")]
pub(crate) fn leave_to_command() {
    IS_LEFT.store(true, Ordering::SeqCst);
}

/// Takes it back.
#[cfg(feature = "wrapped")]
pub(crate) fn take_back() {
    IS_LEFT.store(false, Ordering::SeqCst);
}

/// Ends the program on Ctrl-C, see [`Ui::exit_on_interrupt`].
pub(crate) fn exit_on_interrupt(ui: Ui) {
    if IS_LEFT.load(Ordering::SeqCst) {
        return;
    }
    let on_interrupt = move || {
        if !IS_LEFT.load(Ordering::SeqCst) {
            interrupt(&ui);
        }
    };
    if let Err(error) = ctrlc::set_handler(on_interrupt) {
        log::debug!("Ctrl-C is left to the system: {error}");
    }
}

/// Ends the program as soon as a write or a refresh that has begun is at its end; called again, at
/// once.
pub(crate) fn interrupt(ui: &Ui) {
    if IS_INTERRUPTED.swap(true, Ordering::SeqCst) {
        exit(ui);
    }
    let ui = ui.clone();
    thread::spawn(move || {
        #[cfg(feature = "sso")]
        let _no_step_begins = sso_credentials::wait_until_quiescent();
        exit(&ui);
    });
}

/// Ends the program as Ctrl-C does.
pub(crate) fn exit(ui: &Ui) -> ! {
    crate::progress::clear();
    #[cfg(feature = "sso")]
    crate::hidden::restore();
    #[cfg(feature = "prompt")]
    crate::terminal::restore();
    // A line of its own, after the ^C that the terminal shows.
    ui.say("");
    ui.report(&Failure::interrupted());
    #[expect(clippy::exit, reason = "the main thread is waiting for something else")]
    std::process::exit(i32::from(FailureKind::Interrupted.exit_status()))
}
