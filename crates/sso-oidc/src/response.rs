//! Validation of the fields of a response.

use std::time::Duration;

use serde_json::Value;
use sso_transport::is_safe_web_url;
use time::OffsetDateTime;

use crate::error::OidcError;

/// Maximum duration in seconds. Those of the service are shorter.
const MAX_SECONDS: u64 = 366 * 24 * 3600;

pub(crate) fn not_empty(field: &'static str, text: &str) -> Result<(), OidcError> {
    if text.is_empty() {
        return Err(OidcError::UnexpectedResponse { field });
    }
    Ok(())
}

/// Rejects a URL that is not safe to show and to open in a browser.
pub(crate) fn safe_web_url(field: &'static str, url: &str) -> Result<(), OidcError> {
    if is_safe_web_url(url) {
        return Ok(());
    }
    Err(OidcError::UnexpectedResponse { field })
}

/// Returns a duration of at least one second, from a number of seconds or from a string that contains
/// one. Ignores fractions of a second. Returns `None` for any other value, also for one above
/// [`MAX_SECONDS`].
pub(crate) fn positive_duration(value: &Value) -> Option<Duration> {
    let is_plausible = |duration: &Duration| (1..=MAX_SECONDS).contains(&duration.as_secs());
    seconds(value).filter(is_plausible)
}

/// Returns the duration of a number of seconds, or of a string that contains one. Ignores fractions of
/// a second. Returns `None` for a negative number and for any other value.
pub(crate) fn seconds(value: &Value) -> Option<Duration> {
    let seconds: f64 = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }?;
    let is_valid = seconds.is_finite() && seconds >= 0.0;
    is_valid.then(|| {
        let duration = Duration::try_from_secs_f64(seconds);
        Duration::from_secs(duration.unwrap_or(Duration::MAX).as_secs())
    })
}

pub(crate) fn point_in_time(
    field: &'static str,
    epoch_seconds: i64,
) -> Result<OffsetDateTime, OidcError> {
    OffsetDateTime::from_unix_timestamp(epoch_seconds)
        .map_err(|_| OidcError::UnexpectedResponse { field })
}
