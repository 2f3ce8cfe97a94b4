//! Times as text, in the RFC 3339 formats that cache files, services and the AWS CLI use.

use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::macros::{datetime, format_description};
use time::{OffsetDateTime, UtcOffset};

/// Earliest and latest UTC times that RFC 3339 can express.
const MIN: OffsetDateTime = datetime!(0000-01-01 00:00:00 UTC);
const MAX: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// Parses a time with an offset, in a format that the AWS CLI reads and that programs write:
///
/// - RFC 3339 and its variants in ISO 8601: the offsets `+0900`, `+09`, `UTC` and `GMT`, a space
///   before the offset, a space instead of the `T`, a comma before the fraction, no seconds, no
///   hyphens and colons (`20261122T194633Z`);
/// - RFC 2822 (`Sun, 22 Nov 2026 19:46:33 GMT`).
///
/// Returns `None` for any other text, such as a time without an offset.
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
    let text = text.trim();
    let iso8601 = to_rfc3339(text).and_then(|text| OffsetDateTime::parse(&text, &Rfc3339).ok());
    let parsed = iso8601.or_else(|| OffsetDateTime::parse(text, &Rfc2822).ok());
    parsed.map(to_utc)
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

fn to_rfc3339(text: &str) -> Option<String> {
    let (date_and_clock, offset) = split_offset(text)?;
    let (date, clock) = date_and_clock.trim_end().split_once(['T', 't', ' '])?;
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, format!(".{fraction}")),
        None => (clock, String::new()),
    };
    let date = with_separators(date, [4, 2, 2], '-')?;
    let clock = with_separators(clock, [2, 2, 2], ':')?;
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    Some(format!("{date}T{clock}{seconds}{fraction}{offset}"))
}

/// Splits a time into its date and time of day, and its offset in the form `+09:00`.
fn split_offset(text: &str) -> Option<(&str, String)> {
    let utc = ["Z", "z", "UTC", "GMT"];
    if let Some(time) = utc.iter().find_map(|name| text.strip_suffix(name)) {
        return Some((time, "Z".to_owned()));
    }
    let (time, offset) = text.split_at(text.rfind(['+', '-'])?);
    let (sign, digits) = offset.split_at(1);
    let digits = match digits.len() {
        2 => format!("{digits}:00"),
        4 => format!("{}:{}", digits.get(..2)?, digits.get(2..)?),
        _ => digits.to_owned(),
    };
    Some((time, format!("{sign}{digits}")))
}

/// Inserts `separator` between the parts of `text`, unless `text` contains it. The last part may be
/// missing.
fn with_separators(text: &str, lengths: [usize; 3], separator: char) -> Option<String> {
    if text.contains(separator) {
        return Some(text.to_owned());
    }
    let mut rest = text;
    let mut parts = Vec::new();
    for length in lengths {
        if !rest.is_empty() {
            let (part, after) = rest.split_at_checked(length)?;
            parts.push(part);
            rest = after;
        }
    }
    rest.is_empty().then(|| parts.join(&separator.to_string()))
}

fn to_utc(at: OffsetDateTime) -> OffsetDateTime {
    let in_utc = at.checked_to_offset(UtcOffset::UTC);
    in_utc.unwrap_or(MAX).max(MIN)
}
