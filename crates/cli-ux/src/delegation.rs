//! Delegation of signals: while a command runs, this process does not react to them itself.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_DELEGATED: AtomicBool = AtomicBool::new(false);

/// Delegates the signals to a command until [`take_back`].
#[cfg(feature = "wrapped")]
pub(crate) fn delegate_to_command() {
    IS_DELEGATED.store(true, Ordering::SeqCst);
}

pub(crate) fn take_back() {
    IS_DELEGATED.store(false, Ordering::SeqCst);
}

/// Returns whether a command handles the signals.
pub(crate) fn is_delegated() -> bool {
    IS_DELEGATED.load(Ordering::SeqCst)
}
