use std::path::Path;
use std::process::Command;

use cli_ux::LocalZone;
use sso_config::AwsEnv;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// Winter, summer, and the times around the two changes in `America/New_York`.
const TIMES: [OffsetDateTime; 8] = [
    datetime!(2026-01-01 00:00 UTC),
    datetime!(2026-07-01 12:30 UTC),
    datetime!(2026-03-08 06:59:59 UTC),
    datetime!(2026-03-08 07:00 UTC),
    datetime!(2026-11-01 05:59:59 UTC),
    datetime!(2026-11-01 06:00 UTC),
    datetime!(2026-10-25 01:00 UTC),
    datetime!(2099-12-31 23:59:59 UTC),
];

fn zone(name: &str) -> LocalZone {
    LocalZone::of(&AwsEnv::from_iter([("TZ", name)]))
}

#[test]
fn a_zone_has_its_offset_and_name_at_each_time() {
    let new_york = zone("EST5EDT,M3.2.0,M11.1.0");
    let check = |at, expected| assert_eq!(new_york.date_and_time(at), expected);
    check(TIMES[0], "2025-12-31 19:00 EST");
    check(TIMES[1], "2026-07-01 08:30 EDT");
    check(TIMES[2], "2026-03-08 01:59 EST");
    check(TIMES[3], "2026-03-08 03:00 EDT");
    check(TIMES[4], "2026-11-01 01:59 EDT");
    check(TIMES[5], "2026-11-01 01:00 EST");
    let india = zone("<+0530>-5:30").date_and_time(TIMES[0]);
    assert_eq!(india, "2026-01-01 05:30 +0530");
}

#[test]
fn an_unusable_zone_is_utc() {
    for name in [
        "Nope/City",
        "/",
        "/dev/zero",
        "/dev/null",
        "../../../etc/passwd",
        ":",
        "JST",
        "\u{1b}[31m-9",
    ] {
        let shown = zone(name).date_and_time(TIMES[0]);
        assert_eq!(shown, "2026-01-01 00:00 UTC", "{name:?}");
    }
    let unset = LocalZone::of(&AwsEnv::from_iter::<[(&str, &str); 0]>([]));
    for at in TIMES {
        let empty = zone("").date_and_time(at);
        assert_eq!(empty, unset.date_and_time(at));
    }
}

#[test]
fn a_time_less_than_a_day_away_has_no_date() {
    let tokyo = zone("JST-9");
    let now = datetime!(2026-11-27 20:00 UTC);
    let check = |left: Duration, expected: &str| {
        assert_eq!(tokyo.time_or_date(now + left, now), expected, "{left}");
    };
    check(Duration::ZERO, "05:00 JST");
    check(Duration::minutes(-1), "04:59 JST");
    check(Duration::seconds(86_399), "04:59 JST");
    check(Duration::seconds(86_400), "2026-11-29");
    check(Duration::seconds(-86_400), "2026-11-27");
    check(Duration::days(400), "2028-01-02");
}

#[test]
fn the_latest_time_is_shown_in_utc_if_the_local_one_has_no_date() {
    let latest = datetime!(9999-12-31 23:59:59 UTC);
    assert_eq!(zone("JST-9").date_and_time(latest), "9999-12-31 23:59 UTC");
    assert_eq!(zone("EST5").date_and_time(latest), "9999-12-31 18:59 EST");
}

/// Checks nothing on a machine without time zones, or without GNU `date`.
#[test]
fn zones_of_the_system_are_those_of_date() {
    let zones = [
        Some("Asia/Tokyo"),
        Some(":Asia/Tokyo"),
        Some("/usr/share/zoneinfo/Asia/Tokyo"),
        Some("America/New_York"),
        Some("Europe/Dublin"),
        Some("America/Sao_Paulo"),
        Some("Australia/Lord_Howe"),
        Some("UTC"),
        None,
    ];
    let has_zones =
        cfg!(target_os = "linux") && Path::new("/usr/share/zoneinfo/Asia/Tokyo").exists();
    for name in zones.into_iter().filter(|_| has_zones) {
        let zone = LocalZone::of(&name.map(|name| ("TZ", name)).into_iter().collect());
        for at in TIMES {
            assert_eq!(zone.date_and_time(at), date(name, at), "{name:?}");
        }
    }
}

/// Returns the output of the program `date`.
fn date(zone: Option<&str>, at: OffsetDateTime) -> String {
    let mut date = Command::new("date");
    match zone {
        Some(zone) => date.env("TZ", zone),
        None => date.env_remove("TZ"),
    };
    let seconds = format!("@{}", at.unix_timestamp());
    let output = date.args(["-d", &seconds, "+%Y-%m-%d %H:%M %Z"]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    text.trim_end().to_owned()
}
