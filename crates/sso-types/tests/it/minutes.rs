use std::time::Duration;

use sso_types::minutes;

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
