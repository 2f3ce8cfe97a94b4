//! How a point in time in the future is judged.

use std::time::Duration;

use time::OffsetDateTime;

/// How long before its end a token is due for refresh, and cached credentials are not used any
/// more, as in botocore: 15 minutes.
pub const REFRESH_WINDOW: Duration = Duration::from_secs(15 * 60);

/// Whether something that expires can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Enough of its time is left.
    Fresh,
    /// It is still valid, but not for long.
    RefreshDue,
    /// It is not valid any more.
    Expired,
}

impl Freshness {
    /// Judges what expires at `expires_at`: fresh with [`REFRESH_WINDOW`] left or more.
    #[must_use]
    pub fn of(expires_at: OffsetDateTime, now: OffsetDateTime) -> Self {
        Self::with_min_validity(REFRESH_WINDOW, expires_at, now)
    }

    /// Judges what expires at `expires_at`: fresh with `min_validity` left or more, expired with
    /// nothing left.
    #[must_use]
    pub fn with_min_validity(
        min_validity: Duration,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        let left = expires_at - now;
        if !left.is_positive() {
            Self::Expired
        } else if left < min_validity {
            Self::RefreshDue
        } else {
            Self::Fresh
        }
    }
}
