//! Gate that holds responses until a test opens it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::running_program::TIMEOUT;

#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    has_changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    has_response: bool,
    is_open: bool,
}

impl Gate {
    /// Blocks until the gate is open.
    pub(super) fn pass(&self) {
        let mut state = self.lock();
        state.has_response = true;
        self.has_changed.notify_all();
        let opened = self.has_changed.wait_while(state, |state| !state.is_open);
        drop(opened.unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn open(&self) {
        self.lock().is_open = true;
        self.has_changed.notify_all();
    }

    pub(super) fn wait_for_response(&self) {
        let waited = self
            .has_changed
            .wait_timeout_while(self.lock(), TIMEOUT, |state| !state.has_response);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(state.has_response, "the relay has received no response");
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
