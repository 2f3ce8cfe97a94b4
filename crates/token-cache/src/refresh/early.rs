use std::fmt;
use std::time::Duration;

use super::background::StartBackground;

/// Options of [`refresh_early`](crate::refresh::refresh_early).
#[derive(Clone, Copy)]
pub struct EarlyRefresh<'a> {
    /// Remaining lifetime below which the token is refreshed.
    pub min_validity: Duration,
    /// Starts another process that calls
    /// [`refresh_in_background`](crate::refresh::refresh_in_background). Without it, or if it returns
    /// `None`, this process sends the request.
    pub start: Option<&'a StartBackground<'a>>,
}

impl fmt::Debug for EarlyRefresh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EarlyRefresh")
            .field("min_validity", &self.min_validity)
            .finish_non_exhaustive()
    }
}
