use std::time::Duration;

use time::OffsetDateTime;
use token_cache::Freshness::{self, Expired, Fresh, RefreshDue};

use crate::home::at;

#[test]
fn a_refresh_is_due_in_the_last_fifteen_minutes() {
    let check = |expires_at: &str, expected: Freshness| {
        let now = at("2026-11-22T12:00:00Z");
        assert_eq!(Freshness::of(at(expires_at), now), expected, "{expires_at}");
    };
    check("9999-12-31T23:59:59Z", Fresh);
    check("2026-11-22T13:00:00Z", Fresh);
    check("2026-11-22T12:15:00Z", Fresh);
    check("2026-11-22T12:14:59.999999999Z", RefreshDue);
    check("2026-11-22T12:00:00.000000001Z", RefreshDue);
    check("2026-11-22T12:00:00Z", Expired);
    check("2026-11-22T11:59:59Z", Expired);
    check("1970-01-01T00:00:00Z", Expired);
    check("0000-01-01T00:00:00Z", Expired);
    check("2026-11-22T14:00:00+02:00", Expired);
}

#[test]
fn min_validity_replaces_the_refresh_window() {
    let check = |min_validity: Duration, left: i64, expected: Freshness| {
        let now = OffsetDateTime::UNIX_EPOCH;
        let expires_at = now + time::Duration::seconds(left);
        assert_eq!(
            Freshness::with_min_validity(min_validity, expires_at, now),
            expected,
            "{left} s of {min_validity:?}"
        );
    };
    let hour = Duration::from_secs(3600);
    check(hour, 3600, Fresh);
    check(hour, 3599, RefreshDue);
    check(hour, 0, Expired);
    check(Duration::ZERO, 1, Fresh);
    check(Duration::ZERO, 0, Expired);
    check(Duration::MAX, 250_000_000_000, RefreshDue);
}

#[test]
fn the_first_and_last_dates_do_not_overflow() {
    let first = time::PrimitiveDateTime::MIN.assume_utc();
    let last = time::PrimitiveDateTime::MAX.assume_utc();
    assert_eq!(Freshness::of(last, first), Fresh);
    assert_eq!(Freshness::of(first, last), Expired);
}
