//! What may stand in an answer.

use std::time::Duration;

use time::OffsetDateTime;

use crate::OidcError;

/// No span of the service is longer; what claims to be is cut.
const LONGEST_SPAN: i64 = 366 * 24 * 3600;

pub(crate) fn not_empty(field: &'static str, text: &str) -> Result<(), OidcError> {
    if text.is_empty() {
        return Err(OidcError::UnexpectedAnswer { field });
    }
    Ok(())
}

pub(crate) fn span(field: &'static str, seconds: i64) -> Result<Duration, OidcError> {
    u64::try_from(seconds.min(LONGEST_SPAN))
        .map(Duration::from_secs)
        .map_err(|_| OidcError::UnexpectedAnswer { field })
}

pub(crate) fn point_in_time(
    field: &'static str,
    epoch_seconds: i64,
) -> Result<OffsetDateTime, OidcError> {
    OffsetDateTime::from_unix_timestamp(epoch_seconds)
        .map_err(|_| OidcError::UnexpectedAnswer { field })
}
