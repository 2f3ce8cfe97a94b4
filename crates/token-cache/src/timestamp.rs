//! The timestamps of the cache files.

use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

/// The first and last second that RFC 3339 can express in UTC.
const FIRST: OffsetDateTime = datetime!(0000-01-01 00:00:00 UTC);
const LAST: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// Parses an RFC 3339 timestamp, or one with the suffix `UTC` that older versions of the AWS CLI
/// write. Returns `None` for any other text.
///
/// The result is in UTC. A time that another offset moves beyond the years 0 to 9999 becomes the
/// first or last second of them.
#[must_use]
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let parsed = match text.strip_suffix("UTC") {
        Some(time) => OffsetDateTime::parse(&format!("{time}Z"), &Rfc3339),
        None => OffsetDateTime::parse(text, &Rfc3339),
    };
    let in_utc = parsed.ok()?.checked_to_offset(UtcOffset::UTC);
    Some(in_utc.unwrap_or(LAST).max(FIRST))
}

/// Formats a time as `2026-11-22T19:46:33Z`, without fractions of a second.
pub(crate) fn format(at: OffsetDateTime) -> String {
    let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    let at = at
        .replace_nanosecond(0)
        .expect("a second has a first nanosecond");
    // RFC 3339 has no years before 0. Such a time is in the past in any case.
    at.format(&Rfc3339)
        .unwrap_or_else(|_| "0000-01-01T00:00:00Z".to_owned())
}
