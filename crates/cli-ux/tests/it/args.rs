use std::ffi::OsString;
use std::time::Duration;

use clap::Parser;
use cli_ux::{GlobalArgs, Program, parse_duration};

#[test]
fn durations_are_parsed_with_their_units() {
    let check = |text, seconds| {
        assert_eq!(
            parse_duration(text),
            Ok(Duration::from_secs(seconds)),
            "{text}"
        );
    };
    check("15m", 900);
    check("1h 30m", 5400);
    check("0s", 0);
    check("2d", 172_800);
}

#[test]
fn invalid_durations_are_rejected_with_an_example() {
    for text in ["15", "", "x", "15 parsecs"] {
        let error = parse_duration(text).unwrap_err();
        assert_eq!(error, "expected a duration such as 15m or 2h", "{text}");
    }
}

#[derive(Parser)]
struct Sample {
    #[command(flatten)]
    global: GlobalArgs,
}

#[test]
fn the_short_timeouts_do_not_apply_to_the_response_to_a_refresh() {
    const PROGRAM: Program = Program::new("sample", "1.0");
    let timeouts = |line: &str| {
        let args = Sample::parse_from(line.split(' ')).global;
        let options = args.short_connection(&PROGRAM);
        let refresh = options.refresh_read_timeout.unwrap();
        [options.connect_timeout, options.read_timeout, refresh].map(|it| it.as_secs())
    };
    assert_eq!(timeouts("sample"), [5, 5, 60]);
    let given = "sample --connect-timeout 7 --read-timeout 8";
    assert_eq!(timeouts(given), [7, 8, 8]);
}

#[test]
fn forwarded_arguments_parse_to_the_same_values() {
    let check = |line: &str| {
        let args = Sample::parse_from(line.split(' ')).global;
        let forwarded = std::iter::once(OsString::from("sample")).chain(args.to_arguments());
        let forwarded = Sample::parse_from(forwarded).global;
        assert_eq!(format!("{args:?}"), format!("{forwarded:?}"));
    };
    check("sample");
    check("sample -q --color never");
    check("sample -vv --color always --ca-bundle /x/y.pem");
    check("sample --connect-timeout 0.5 --read-timeout 61");
}
