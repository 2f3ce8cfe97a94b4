use std::time::Duration;

use time::OffsetDateTime;

/// Clock of a refresh.
#[derive(Clone, Copy, Debug)]
pub struct RefreshClock<N, P>
where
    N: Fn() -> OffsetDateTime,
    P: Fn(Duration),
{
    /// Returns the current time.
    pub now: N,
    /// Suspends the thread, at most three seconds in total, before the cache is read again after a
    /// rejected request.
    pub sleep: P,
}
