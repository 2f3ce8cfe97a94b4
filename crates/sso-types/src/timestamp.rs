//! Times as text, in the RFC 3339 formats that cache files, services and the AWS CLI use.

use time::format_description::well_known::Rfc3339;
use time::macros::{datetime, format_description};
use time::{OffsetDateTime, UtcOffset};

/// Earliest and latest UTC times that RFC 3339 can express.
const MIN: OffsetDateTime = datetime!(0000-01-01 00:00:00 UTC);
const MAX: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// Parses an RFC 3339 time, or a time with the suffix `UTC`, which older versions of the AWS CLI
/// write. Returns `None` for any other text.
///
/// Converts the time to UTC. A time outside the years 0 to 9999 in UTC becomes the earliest or the
/// latest time of that range.
///
/// ```
/// use sso_types::timestamp;
///
/// let at = timestamp::parse("2026-11-22T20:46:33.5+01:00").unwrap();
/// assert_eq!(timestamp::format(at), "2026-11-22T19:46:33Z");
/// assert!(timestamp::parse("yesterday").is_none());
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let parsed = match text.strip_suffix("UTC") {
        Some(time) => OffsetDateTime::parse(&format!("{time}Z"), &Rfc3339),
        None => OffsetDateTime::parse(text, &Rfc3339),
    };
    parsed.ok().map(to_utc)
}

/// Formats a time in UTC as `2026-11-22T19:46:33Z`, without fractions of a second.
///
/// A time after the year 9999 in UTC keeps its offset. A time before the year 0 becomes the start
/// of that year.
#[must_use]
pub fn format(at: OffsetDateTime) -> String {
    let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    let at = at.truncate_to_second().format(&Rfc3339);
    at.unwrap_or_else(|_| "0000-01-01T00:00:00Z".to_owned())
}

/// Formats a time in UTC as `2026-11-22T19:46:33+00:00`, like the expiration that
/// `aws configure export-credentials` prints.
///
/// A time outside the years 0 to 9999 in UTC becomes the nearest time in that range.
#[must_use]
#[expect(
    clippy::missing_panics_doc,
    reason = "every `OffsetDateTime` has a date and a time"
)]
pub fn format_with_numeric_offset(at: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+00:00");
    let at = to_utc(at).format(form);
    at.expect("an `OffsetDateTime` has a date and a time")
}

fn to_utc(at: OffsetDateTime) -> OffsetDateTime {
    let in_utc = at.checked_to_offset(UtcOffset::UTC);
    in_utc.unwrap_or(MAX).max(MIN)
}
