//! State of a program that a signal ends.

use std::sync::atomic::{AtomicBool, Ordering};

static HAS_BEGUN: AtomicBool = AtomicBool::new(false);

/// Records that a signal ends the program.
pub(crate) fn begin() {
    HAS_BEGUN.store(true, Ordering::SeqCst);
}

/// Returns whether a signal ends the program.
pub(crate) fn has_begun() -> bool {
    HAS_BEGUN.load(Ordering::SeqCst)
}
