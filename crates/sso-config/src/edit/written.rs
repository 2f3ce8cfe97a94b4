//! Record of a write, for the message of an interruption.

use std::sync::atomic::{AtomicBool, Ordering};

static HAS_WRITTEN: AtomicBool = AtomicBool::new(false);

/// Returns whether this process has written the config file. While no critical section is in progress, the
/// answer is exact.
#[must_use]
pub fn has_written() -> bool {
    HAS_WRITTEN.load(Ordering::SeqCst)
}

/// Records a write, in its critical section.
pub(super) fn set_written() {
    HAS_WRITTEN.store(true, Ordering::SeqCst);
}
