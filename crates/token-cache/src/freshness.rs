//! The remaining lifetime of a token or of credentials.

use std::time::Duration;

use time::OffsetDateTime;

/// Remaining lifetime below which a token is refreshed and cached credentials are not used, as in
/// botocore: 15 minutes.
pub const REFRESH_WINDOW: Duration = Duration::from_secs(15 * 60);

/// The state of something that expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The remaining lifetime is sufficient.
    Fresh,
    /// It is still valid, but its remaining lifetime is too short.
    RefreshDue,
    /// It is not valid any more.
    Expired,
}

impl Freshness {
    /// Returns the state at `now`, where [`REFRESH_WINDOW`] or more is sufficient.
    #[must_use]
    pub fn of(expires_at: OffsetDateTime, now: OffsetDateTime) -> Self {
        Self::with_min_validity(REFRESH_WINDOW, expires_at, now)
    }

    /// Returns the state at `now`, where `min_validity` or more is sufficient.
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
