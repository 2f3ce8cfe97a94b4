use std::time::Duration;

use time::OffsetDateTime;

/// Remaining lifetime below which a token is refreshed and cached credentials are not used: 15
/// minutes, as in botocore.
pub const REFRESH_WINDOW: Duration = Duration::from_secs(15 * 60);

/// Classification of the remaining lifetime of a token or of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The remaining lifetime is sufficient.
    Fresh,
    /// Still valid, but the remaining lifetime is too short.
    RefreshDue,
    /// The expiry has passed.
    Expired,
}

impl Freshness {
    /// Returns the freshness at `now`. A remaining lifetime of at least [`REFRESH_WINDOW`] is
    /// sufficient.
    #[must_use]
    pub fn of(expires_at: OffsetDateTime, now: OffsetDateTime) -> Self {
        Self::with_min_validity(REFRESH_WINDOW, expires_at, now)
    }

    /// Returns the freshness at `now`. A remaining lifetime of at least `min_validity` is
    /// sufficient.
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
