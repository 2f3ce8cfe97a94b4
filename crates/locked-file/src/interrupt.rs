//! Steps that Ctrl-C must not cut in two, and the signal thread that waits for their end.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many steps are under way in this process.
static STEPS: Mutex<usize> = Mutex::new(0);
static STEP_ENDED: Condvar = Condvar::new();

/// A step that must come to its end, from [`Uninterrupted::begin`] until it is dropped. Steps
/// may run side by side and inside one another. Meant to be short: nobody waits for a person in
/// one.
#[derive(Debug)]
#[must_use = "the step ends as soon as it is dropped"]
pub struct Uninterrupted(());

/// The state in which no step is under way and none begins: a step that wants to waits until
/// this is dropped, or for the process to end.
#[derive(Debug)]
#[must_use = "steps may begin again as soon as it is dropped"]
pub struct Interruptible {
    _no_steps: MutexGuard<'static, usize>,
}

impl Uninterrupted {
    /// Begins a step, unless the process is about to end: then it never returns.
    pub fn begin() -> Self {
        *steps() += 1;
        Self(())
    }
}

impl Drop for Uninterrupted {
    fn drop(&mut self) {
        *steps() -= 1;
        STEP_ENDED.notify_all();
    }
}

/// Waits until no step is under way. For the thread that handles an interrupt, which then ends
/// the process with the result in hand; for no thread that is in a step itself.
pub fn wait_until_interruptible() -> Interruptible {
    let no_steps = STEP_ENDED.wait_while(steps(), |steps| *steps > 0);
    Interruptible {
        _no_steps: no_steps.unwrap_or_else(PoisonError::into_inner),
    }
}

/// A number cannot be left half changed, so a panic elsewhere does no harm to it.
fn steps() -> MutexGuard<'static, usize> {
    STEPS.lock().unwrap_or_else(PoisonError::into_inner)
}
