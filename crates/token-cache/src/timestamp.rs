//! Points in time as the cache files have them.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Reads an RFC 3339 time, or one with the suffix `UTC` that older versions of the AWS CLI write.
/// `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let parsed = match text.strip_suffix("UTC") {
        Some(time) => OffsetDateTime::parse(&format!("{time}Z"), &Rfc3339),
        None => OffsetDateTime::parse(text, &Rfc3339),
    };
    // At the ends of the calendar another offset may be out of its range: the same point in time.
    parsed
        .map(|at| at.checked_to_offset(UtcOffset::UTC).unwrap_or(at))
        .ok()
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
