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

/// Returns the duration in seconds, minutes or hours, for a message about the end of a wait. Rounds
/// up, so that the wait is over then.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(sso_types::at_least(Duration::from_secs(150)), "3 minutes");
/// ```
#[must_use]
pub fn at_least(duration: Duration) -> String {
    let seconds = duration.as_millis().div_ceil(1000);
    match seconds {
        1 => "1 second".to_owned(),
        0..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3600)),
    }
}
