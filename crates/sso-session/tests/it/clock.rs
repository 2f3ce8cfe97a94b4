use std::time::Duration;

use sso_session::clock::{Clock as _, ManualClock, SystemClock};
use time::OffsetDateTime;

#[test]
fn the_system_clock_sleeps_and_is_monotonic() {
    let pause = Duration::from_millis(20);
    let before = SystemClock.monotonic();
    SystemClock.sleep(pause);
    assert!(SystemClock.monotonic() >= before + pause);
}

#[test]
fn a_manual_clock_advances_during_a_sleep_only() {
    let clock = ManualClock::at(OffsetDateTime::UNIX_EPOCH);
    assert_eq!(clock.monotonic(), Duration::ZERO);
    clock.set(OffsetDateTime::UNIX_EPOCH + Duration::from_secs(60));
    assert_eq!(clock.monotonic(), Duration::ZERO);
    clock.sleep(Duration::from_secs(3));
    assert_eq!(clock.monotonic(), Duration::from_secs(3));
    assert_eq!(clock.now().unix_timestamp(), 63);
}

#[test]
fn a_manual_clock_shows_its_time() {
    let clock = ManualClock::at(OffsetDateTime::UNIX_EPOCH);
    let shown = format!("{clock:?}");
    assert!(shown.contains("1970-01-01"), "{shown}");
}
