use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::loopback_server::CONNECTION_TIMEOUT;

/// Result page of a sign-in.
#[derive(Default)]
pub(super) struct Outcome {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    page: Option<Arc<str>>,
    /// Number of browsers that have not received the page completely.
    waiting: usize,
}

/// Browser that waits for the page until this is dropped.
pub(super) struct Waiting<'a>(&'a Outcome);

impl Outcome {
    /// Lets [`publish`](Self::publish) wait for a browser.
    pub(super) fn waiting(&self) -> Waiting<'_> {
        self.state().waiting += 1;
        Waiting(self)
    }

    /// Sets the page, unless there is one, and waits until all waiting browsers have received it.
    pub(super) fn publish(&self, page: String) {
        let mut state = self.state();
        state.page.get_or_insert_with(|| page.into());
        self.changed.notify_all();
        // An error is a panic of another thread, after which nothing can be done.
        let _ = self
            .changed
            .wait_timeout_while(state, CONNECTION_TIMEOUT, |it| it.waiting > 0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// Waits for the page.
    pub(super) fn page(&self) -> Arc<str> {
        let Outcome { changed, .. } = self.0;
        let waited = changed.wait_while(self.0.state(), |it| it.page.is_none());
        let state = waited.unwrap_or_else(PoisonError::into_inner);
        state.page.clone().unwrap_or_default()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
        self.0.changed.notify_all();
    }
}
