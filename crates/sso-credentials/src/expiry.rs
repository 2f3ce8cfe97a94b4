//! Expiration times of credentials.

use std::time::Duration;

use sso_types::whole_minutes;
use time::OffsetDateTime;
use time::macros::datetime;

const MINUTE: Duration = Duration::from_secs(60);

/// Earliest plausible expiration. A time in seconds, read as milliseconds, is in 1970.
const MIN_EXPIRATION: OffsetDateTime = datetime!(2000-01-01 00:00 UTC);

/// Maximum plausible lifetime: 100 years.
const MAX_LIFETIME: time::Duration = time::Duration::days(36_525);

/// Maximum time between the expiration and the service's `Date` after it.
const MAX_EXPIRED: time::Duration = time::Duration::days(1);

/// Returns the predicate of a sentence about credentials that expire soon, such as `are valid for
/// only 2m`.
pub(crate) fn expiry(expires_at: OffsetDateTime, now: OffsetDateTime) -> String {
    match Duration::try_from(expires_at - now) {
        Ok(left) if left >= MINUTE => format!("are valid for only {}", whole_minutes(left)),
        Ok(left) if !left.is_zero() => format!("are valid for {}", whole_minutes(left)),
        _ => "have expired".to_owned(),
    }
}

/// Returns whether a service can have issued credentials with this expiration at `responded_at` by
/// its own clock, and at `now` by the local clock.
///
/// An expiration before `now` is plausible, because the local clock may be wrong.
pub(crate) fn is_plausible(
    expires_at: OffsetDateTime,
    responded_at: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> bool {
    expires_at >= MIN_EXPIRATION
        && expires_at - responded_at.unwrap_or(now) <= MAX_LIFETIME
        && responded_at.is_none_or(|at| at - expires_at <= MAX_EXPIRED)
}
