//! Escape key during a sign-in, which leads back to the previous prompt.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// State of the key, which the reader of the terminal and the sign-in share.
#[derive(Clone, Debug, Default)]
pub(super) struct Escape(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_pressed: Mutex<bool>,
    changed: Condvar,
}

impl Escape {
    pub(super) fn press(&self) {
        *self.lock() = true;
        self.0.changed.notify_all();
    }

    pub(super) fn is_pressed(&self) -> bool {
        *self.lock()
    }

    /// Waits for `timeout`, or until the key is pressed.
    pub(super) fn is_pressed_within(&self, timeout: Duration) -> bool {
        let is_missing = |is_pressed: &mut bool| !*is_pressed;
        let waited = self
            .0
            .changed
            .wait_timeout_while(self.lock(), timeout, is_missing);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.0
            .is_pressed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
