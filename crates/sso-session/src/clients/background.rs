//! Early refreshes in a process of their own, so that no call waits for one.

use token_cache::refresh::{Background, StartBackground};

use super::ServiceClients;

/// Process that refreshes a token. The function waits for a short time until the process has ended,
/// and returns its error message, if any.
pub type Process = Box<dyn FnOnce() -> Option<String>>;

pub(super) type Start<'a> = Box<dyn Fn() -> Option<Process> + Send + Sync + 'a>;

impl<'a> ServiceClients<'a> {
    /// Sets a function that starts another process, which calls
    /// [`TokenProvider::refresh_in_background`](crate::TokenProvider::refresh_in_background) for the
    /// session of these clients. It returns `None` if it cannot start one. By default, the process
    /// itself refreshes a token that is still valid.
    #[must_use]
    pub fn refresh_in_background(
        mut self,
        start: impl Fn() -> Option<Process> + Send + Sync + 'a,
    ) -> Self {
        self.background = Some(Box::new(start));
        self
    }

    /// Returns the function of [`refresh_in_background`](Self::refresh_in_background). It logs the
    /// error message of the process as a warning.
    pub(crate) fn background(&self) -> Option<Box<StartBackground<'_>>> {
        let start = self.background.as_ref()?;
        Some(Box::new(move || {
            self.notify_first_request();
            start().map(warning_of_error)
        }))
    }
}

fn warning_of_error(process: Process) -> Background {
    Box::new(move || {
        if let Some(error) = process() {
            log::warn!("{error}; using the token until it expires");
        }
    })
}
