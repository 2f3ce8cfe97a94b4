use std::fs;
use std::path::Path;

use serde_json::Value;
use sso_types::timestamp;
use time::macros::datetime;

#[test]
fn parse_accepts_rfc3339_and_the_utc_suffix_of_older_aws_clis() {
    let at = datetime!(2026-11-22 19:46:33 UTC);
    for text in [
        "2026-11-22T19:46:33Z",
        "2026-11-22T19:46:33UTC",
        "2026-11-22T19:46:33+00:00",
        "2026-11-22T20:46:33+01:00",
    ] {
        assert_eq!(timestamp::parse(text), Some(at), "{text}");
    }
    for text in ["", "UTC", "1795376793", "2026-11-22", "2026-11-22 19:46:33"] {
        assert_eq!(timestamp::parse(text), None, "{text:?}");
    }
}

#[test]
fn parse_limits_times_to_four_digit_years_in_utc() {
    let last = timestamp::parse("9999-12-31T23:59:59-05:00").unwrap();
    assert_eq!(timestamp::format(last), "9999-12-31T23:59:59Z");
    let first = timestamp::parse("0000-01-01T00:00:00+05:00").unwrap();
    assert_eq!(timestamp::format(first), "0000-01-01T00:00:00Z");
}

#[test]
fn formats_are_in_utc_without_fractions_of_a_second() {
    let at = datetime!(2026-11-22 20:46:33.987 +1);
    assert_eq!(timestamp::format(at), "2026-11-22T19:46:33Z");
    assert_eq!(
        timestamp::format_with_numeric_offset(at),
        "2026-11-22T19:46:33+00:00"
    );
}

#[test]
fn times_outside_the_four_digit_years_are_formatted_as_valid_text() {
    let before = datetime!(-1000-06-01 00:00:00 UTC);
    assert_eq!(timestamp::format(before), "0000-01-01T00:00:00Z");
    let after = datetime!(9999-12-31 23:59:59 -5);
    assert_eq!(timestamp::format(after), "9999-12-31T23:59:59-05:00");
    assert_eq!(
        timestamp::format_with_numeric_offset(after),
        "9999-12-31T23:59:59+00:00"
    );
}

#[test]
fn parse_accepts_the_expirations_that_botocore_accepts() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/timestamps.json");
    let fixture = fs::read(file).expect("`xtask fixtures` writes timestamps.json");
    let rows: Vec<Value> = serde_json::from_slice(&fixture).unwrap();
    assert!(rows.len() > 300, "{}", rows.len());
    for row in rows {
        let text = row["text"].as_str().unwrap();
        let parsed = timestamp::parse(text).map(timestamp::format);
        assert_eq!(parsed.as_deref(), row["utc"].as_str(), "{text:?}");
    }
}

#[test]
fn parse_rejects_text_of_any_other_form() {
    for text in [
        "é2099-11-22T19:46:33Z",
        "2099-11-22T19:46:33+é",
        "2099112é 194633Z",
        "20991122T1946333Z",
    ] {
        assert_eq!(timestamp::parse(text), None, "{text:?}");
    }
}
