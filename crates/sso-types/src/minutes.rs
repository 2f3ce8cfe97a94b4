//! Durations in messages.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Returns a remaining lifetime or an age for a message, rounded down: `89d`, `1d 2h`, `7h 59m`, `59m`
/// or `under 1m`.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(sso_types::whole_minutes(Duration::from_secs(3599)), "59m");
/// ```
#[must_use]
pub fn whole_minutes(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE);
    match (days, hours, minutes) {
        (0, 0, 0) => "under 1m".to_owned(),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, 0) => format!("{hours}h"),
        (0, hours, minutes) => format!("{hours}h {minutes}m"),
        (1, 1.., _) => format!("1d {hours}h"),
        (days, _, _) => format!("{days}d"),
    }
}

/// Returns a pause for a message about its end: `45s`, `3m`, `2h` or `4d`. Rounds up, so that the pause
/// is over then.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(sso_types::at_least(Duration::from_secs(150)), "3m");
/// ```
#[must_use]
pub fn at_least(duration: Duration) -> String {
    let seconds = duration.as_millis().div_ceil(1000).max(1);
    let up_to = |unit: u64| seconds.div_ceil(unit.into());
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", up_to(MINUTE)),
        7200..172_800 => format!("{}h", up_to(HOUR)),
        _ => format!("{}d", up_to(DAY)),
    }
}
