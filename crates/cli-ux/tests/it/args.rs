use std::time::Duration;

use cli_ux::parse_span;

#[test]
fn spans_are_read_as_people_write_them() {
    let check =
        |text, seconds| assert_eq!(parse_span(text), Ok(Duration::from_secs(seconds)), "{text}");
    check("15m", 900);
    check("1h 30m", 5400);
    check("0s", 0);
    check("2d", 172_800);
}

#[test]
fn a_span_without_a_unit_is_refused_with_an_example() {
    let error = parse_span("15").unwrap_err();
    assert!(error.contains("15m"), "{error}");
}
