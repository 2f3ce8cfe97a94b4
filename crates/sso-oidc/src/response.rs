//! Validation of the fields of a response.

use std::time::Duration;

use serde_json::Value;
use sso_transport::is_safe_web_url;
use time::OffsetDateTime;

use crate::error::OidcError;

/// Maximum duration in seconds. Longer durations are clamped; those of the service are shorter.
const MAX_SECONDS: i64 = 366 * 24 * 3600;

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

pub(crate) fn duration(field: &'static str, seconds: i64) -> Result<Duration, OidcError> {
    u64::try_from(seconds.min(MAX_SECONDS))
        .map(Duration::from_secs)
        .map_err(|_| OidcError::UnexpectedResponse { field })
}

/// Returns a duration of at least one second, from a number of seconds or from a string that contains
/// one. Ignores fractions of a second. Returns `None` for any other value, also for one above
/// [`MAX_SECONDS`].
pub(crate) fn positive_duration(seconds: &Value) -> Option<Duration> {
    let seconds = match seconds {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let seconds = Duration::try_from_secs_f64(seconds?).ok()?.as_secs();
    let is_plausible = (1..=MAX_SECONDS.unsigned_abs()).contains(&seconds);
    is_plausible.then(|| Duration::from_secs(seconds))
}

pub(crate) fn point_in_time(
    field: &'static str,
    epoch_seconds: i64,
) -> Result<OffsetDateTime, OidcError> {
    OffsetDateTime::from_unix_timestamp(epoch_seconds)
        .map_err(|_| OidcError::UnexpectedResponse { field })
}
