use std::time::Duration;

use sso_types::{at_least, minutes};

#[test]
fn minutes_are_never_rounded_to_nothing() {
    let check = |seconds, expected: &str| {
        assert_eq!(minutes(Duration::from_secs(seconds)), expected, "{seconds}");
    };
    check(0, "less than a minute");
    check(59, "less than a minute");
    check(60, "1 minute");
    check(119, "1 minute");
    check(120, "2 minutes");
    check(7200, "120 minutes");
}

#[test]
fn a_wait_is_rounded_up() {
    fn check(milliseconds: u64, expected: &str) {
        let duration = Duration::from_millis(milliseconds);
        assert_eq!(at_least(duration), expected, "{milliseconds}");
    }
    check(0, "0 seconds");
    check(1, "1 second");
    check(1001, "2 seconds");
    check(119_000, "119 seconds");
    check(120_000, "2 minutes");
    check(120_001, "3 minutes");
    check(3_600_000, "60 minutes");
    check(7_200_000, "2 hours");
    check(7_200_001, "3 hours");
    check(365 * 24 * 3_600_000, "8760 hours");
}
