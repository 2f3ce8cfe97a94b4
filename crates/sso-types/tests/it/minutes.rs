use std::time::Duration;

use sso_types::{at_least, whole_minutes};

#[test]
fn a_lifetime_is_rounded_down_but_never_to_nothing() {
    let check = |seconds, expected: &str| {
        let duration = Duration::from_secs(seconds);
        assert_eq!(whole_minutes(duration), expected, "{seconds}");
        let almost = duration + Duration::from_millis(999);
        assert_eq!(whole_minutes(almost), expected, "{seconds}");
    };
    check(0, "under 1m");
    check(59, "under 1m");
    check(60, "1m");
    check(119, "1m");
    check(3599, "59m");
    check(3600, "1h");
    check(3660, "1h 1m");
    check(7199, "1h 59m");
    check(8 * 3600, "8h");
    check(86_399, "23h 59m");
    check(86_400, "1d");
    check(86_400 + 3599, "1d");
    check(86_400 + 3600, "1d 1h");
    check(2 * 86_400 - 1, "1d 23h");
    check(2 * 86_400, "2d");
    check(90 * 86_400 - 1, "89d");
    check(400 * 86_400, "400d");
    check(u64::MAX, "213503982334601d");
}

#[test]
fn a_pause_is_rounded_up() {
    fn check(milliseconds: u64, expected: &str) {
        let duration = Duration::from_millis(milliseconds);
        assert_eq!(at_least(duration), expected, "{milliseconds}");
    }
    check(0, "1s");
    check(1, "1s");
    check(1001, "2s");
    check(119_000, "119s");
    check(120_000, "2m");
    check(120_001, "3m");
    check(3_600_000, "60m");
    check(7_200_000, "2h");
    check(7_200_001, "3h");
    check(48 * 3_600_000, "2d");
    check(48 * 3_600_000 + 1, "3d");
    check(365 * 24 * 3_600_000, "365d");
}
