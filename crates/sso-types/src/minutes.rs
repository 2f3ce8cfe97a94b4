//! Durations in messages.

use std::time::Duration;

/// Returns the duration in whole minutes, for a message: `2 minutes`, `1 minute`, or `less than a
/// minute`. Rounds down.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(sso_types::minutes(Duration::from_secs(150)), "2 minutes");
/// ```
#[must_use]
pub fn minutes(duration: Duration) -> String {
    match duration.as_secs() / 60 {
        0 => "less than a minute".to_owned(),
        1 => "1 minute".to_owned(),
        count => format!("{count} minutes"),
    }
}
