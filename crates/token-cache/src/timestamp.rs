//! Points in time as the cache files have them.

use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

/// The ends of what RFC 3339 can express in UTC.
const FIRST: OffsetDateTime = datetime!(0000-01-01 00:00:00 UTC);
const LAST: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// Reads an RFC 3339 time, or one with the suffix `UTC` that older versions of the AWS CLI write.
/// `None` for anything else.
///
/// The offset is UTC, and the year has four digits: what another offset puts past an end of the
/// calendar counts as that end.
#[must_use]
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let parsed = match text.strip_suffix("UTC") {
        Some(time) => OffsetDateTime::parse(&format!("{time}Z"), &Rfc3339),
        None => OffsetDateTime::parse(text, &Rfc3339),
    };
    let in_utc = parsed.ok()?.checked_to_offset(UtcOffset::UTC);
    Some(in_utc.unwrap_or(LAST).max(FIRST))
}

/// Writes a time as `2026-11-22T19:46:33Z`, less the fraction of its second.
pub(crate) fn format(at: OffsetDateTime) -> String {
    let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    let at = at
        .replace_nanosecond(0)
        .expect("a second has a first nanosecond");
    // RFC 3339 has no year before 0. Whatever ended then has ended.
    at.format(&Rfc3339)
        .unwrap_or_else(|_| "0000-01-01T00:00:00Z".to_owned())
}
