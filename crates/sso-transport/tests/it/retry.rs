use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use http::{Request, Response};
use sso_transport::{
    ReceivedAt, RequestKind, RetryPolicy, ServiceError, Transport, TransportError, is_throttled,
    retry_after,
};

type Outcome = Result<Response<Vec<u8>>, TransportError>;

struct Scripted(RefCell<Vec<Outcome>>);

impl Transport for Scripted {
    fn send(&self, request: Request<Vec<u8>>) -> Outcome {
        assert_eq!(request.body(), b"the same each time");
        self.0.borrow_mut().remove(0)
    }
}

fn status(status: u16) -> Response<Vec<u8>> {
    with_headers(status, &[])
}

fn with_headers(status: u16, headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Vec::new()).unwrap()
}

fn refused() -> TransportError {
    TransportError::Refused {
        host: "a.example".to_owned(),
    }
}

fn cut() -> TransportError {
    TransportError::Cut {
        host: "a.example".to_owned(),
        source: io::ErrorKind::UnexpectedEof.into(),
    }
}

fn untrusted() -> TransportError {
    TransportError::Tls {
        host: "a.example".to_owned(),
        ca_bundle: None,
        is_outside_validity: false,
        source: "unknown issuer".into(),
    }
}

/// Sends a request with the outcomes of `script`, and returns the last outcome and the pauses.
fn run(policy: RetryPolicy, script: Vec<Outcome>, kind: RequestKind) -> (Outcome, Vec<Duration>) {
    let pauses = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&pauses);
    let policy = policy.with_pause(move |pause| seen.lock().unwrap().push(pause));
    let request = Request::post("https://a.example/")
        .body(b"the same each time".to_vec())
        .unwrap();
    let transport = Scripted(RefCell::new(script));
    let outcome = policy.send(&transport, &request, kind);
    let unused = transport.0.into_inner();
    assert!(unused.is_empty(), "unused outcomes: {unused:?}");
    let pauses = pauses.lock().unwrap().clone();
    (outcome, pauses)
}

#[test]
fn transient_failure_is_retried() {
    for transient in [
        || Ok(status(429)),
        || Ok(status(500)),
        || Ok(status(502)),
        || Ok(status(503)),
        || Ok(status(504)),
        || Err(refused()),
    ] {
        for kind in [RequestKind::Idempotent, RequestKind::SingleUse] {
            let (outcome, pauses) = run(
                RetryPolicy::default(),
                vec![transient(), transient(), Ok(status(200))],
                kind,
            );
            assert_eq!(outcome.unwrap().status(), 200);
            assert_eq!(pauses.len(), 2);
        }
    }
}

#[test]
fn outcome_is_that_of_the_last_attempt() {
    let (outcome, _) = run(
        RetryPolicy::default(),
        vec![Err(refused()), Ok(status(500)), Ok(status(503))],
        RequestKind::Idempotent,
    );
    assert_eq!(outcome.unwrap().status(), 503);
    let (outcome, _) = run(
        RetryPolicy::default(),
        vec![Ok(status(503)), Ok(status(503)), Err(refused())],
        RequestKind::Idempotent,
    );
    assert!(matches!(outcome, Err(TransportError::Refused { .. })));
}

#[test]
fn permanent_failure_is_not_retried() {
    for outcome in [
        || Ok(status(200)),
        || Ok(status(400)),
        || Ok(status(401)),
        || Ok(status(403)),
        || Ok(status(501)),
        || Err(untrusted()),
    ] {
        let (_, pauses) = run(
            RetryPolicy::default(),
            vec![outcome()],
            RequestKind::Idempotent,
        );
        assert!(pauses.is_empty());
    }
}

#[test]
fn single_use_request_that_may_have_arrived_is_not_retried() {
    let (outcome, _) = run(
        RetryPolicy::default(),
        vec![Err(cut())],
        RequestKind::SingleUse,
    );
    assert!(matches!(outcome, Err(TransportError::Cut { .. })));
    let (outcome, _) = run(
        RetryPolicy::default(),
        vec![Err(cut()), Ok(status(200))],
        RequestKind::Idempotent,
    );
    assert_eq!(outcome.unwrap().status(), 200);
}

#[test]
fn number_of_attempts_is_configurable() {
    for (attempts, policy) in [
        (1, RetryPolicy::single_attempt()),
        (1, RetryPolicy::default().with_max_attempts(0)),
        (5, RetryPolicy::default().with_max_attempts(5)),
    ] {
        let script = (0..attempts).map(|_| Ok(status(503))).collect();
        let (_, pauses) = run(policy, script, RequestKind::Idempotent);
        assert_eq!(pauses.len(), attempts - 1);
    }
}

#[test]
fn pauses_are_random_below_a_growing_limit() {
    let ceilings = [1, 2, 4, 8, 16, 20, 20, 20].map(Duration::from_secs);
    let script = || (0..9).map(|_| Ok(status(503))).collect();
    let policy = || RetryPolicy::default().with_max_attempts(9);
    let (_, pauses) = run(policy(), script(), RequestKind::Idempotent);
    assert_eq!(pauses.len(), ceilings.len());
    for (pause, ceiling) in pauses.iter().zip(ceilings) {
        assert!(*pause <= ceiling, "{pause:?} {ceiling:?}");
    }
    let (_, others) = run(policy(), script(), RequestKind::Idempotent);
    assert_ne!(pauses, others);
    let runs = (0..50).map(|_| run(policy(), script(), RequestKind::Idempotent).1);
    let longest = runs.flatten().max();
    assert!(longest > Some(Duration::from_secs(10)), "{longest:?}");
}

#[test]
fn transport_finds_the_kind_in_each_attempt() {
    struct Kinds(RefCell<Vec<Option<RequestKind>>>);
    impl Transport for Kinds {
        fn send(&self, request: Request<Vec<u8>>) -> Outcome {
            let kind = request.extensions().get().copied();
            self.0.borrow_mut().push(kind);
            Ok(status(503))
        }
    }
    for kind in [RequestKind::Idempotent, RequestKind::SingleUse] {
        let policy = RetryPolicy::default().with_pause(|_| {});
        let transport = Kinds(RefCell::default());
        let sent = policy.send(&transport, &Request::default(), kind);
        assert_eq!(sent.unwrap().status(), 503);
        assert_eq!(transport.0.into_inner(), [Some(kind); 3]);
    }
}

#[test]
fn hundred_attempts_do_not_overflow() {
    let script = (0..100).map(|_| Ok(status(503))).collect();
    let policy = RetryPolicy::default().with_max_attempts(100);
    let (_, pauses) = run(policy, script, RequestKind::Idempotent);
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(20)));
}

#[test]
fn retry_after_sets_the_pause() {
    const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    fn check(headers: &[(&str, &str)], expected: u64) {
        let script = vec![Ok(with_headers(503, headers)), Ok(status(200))];
        let (_, pauses) = run(RetryPolicy::default(), script, RequestKind::Idempotent);
        assert_eq!(pauses, [Duration::from_secs(expected)], "{headers:?}");
    }
    check(&[("retry-after", "7")], 7);
    check(&[("retry-after", " 7 ")], 7);
    check(&[("retry-after", "20")], 20);
    check(
        &[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"), DATE],
        10,
    );
    check(&[("retry-after", "3"), ("retry-after", "7")], 7);
    check(&[("retry-after", "7"), ("retry-after", "3")], 7);
    check(&[("retry-after", ""), ("retry-after", "7")], 7);
    check(&[("retry-after", "soon"), ("retry-after", "7")], 7);
    check(&[("retry-after", "3, 7, 5")], 7);
    check(&[("retry-after", "6.2")], 7);
    check(&[("retry-after", "7.0")], 7);
}

#[test]
fn the_time_of_the_receipt_replaces_a_missing_date() {
    const UNTIL: (&str, &str) = ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
    const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");
    let until = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let check = |headers: &[(&str, &str)], received_at: SystemTime, expected: u64| {
        let mut response = with_headers(503, headers);
        response.extensions_mut().insert(ReceivedAt(received_at));
        let expected = Duration::from_secs(expected);
        assert_eq!(retry_after(&response), Some(expected), "{received_at:?}");
    };
    let seconds = Duration::from_secs;
    check(&[UNTIL], until - seconds(20), 20);
    check(&[UNTIL], until + seconds(20), 0);
    check(&[UNTIL], SystemTime::UNIX_EPOCH, 365 * 24 * 3600);
    check(&[UNTIL, DATE], until - seconds(20), 7);
    check(&[UNTIL, ("date", "soon")], until - seconds(20), 20);
    assert_eq!(retry_after(&with_headers(503, &[UNTIL])), None);
}

#[test]
fn retry_after_never_shortens_the_back_off() {
    const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for value in [
        "0",
        " 0 ",
        "000",
        "0.0",
        "0, 0",
        "Sun, 06 Nov 1994 08:49:30 GMT",
    ] {
        let response = || Ok(with_headers(429, &[("retry-after", value), DATE]));
        let policy = RetryPolicy::default().with_max_attempts(20);
        let script = (0..20).map(|_| response()).collect();
        let (_, pauses) = run(policy, script, RequestKind::Idempotent);
        let total: Duration = pauses.iter().sum();
        assert!(total > Duration::from_secs(10), "{value:?} {pauses:?}");
    }
}

#[test]
fn retry_after_beyond_the_maximum_pause_ends_the_attempts() {
    const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    fn check(values: &[&str], expected: &str) {
        let headers = values.iter().map(|value| ("retry-after", *value));
        let headers: Vec<_> = headers.chain([DATE]).collect();
        for status in [429, 503] {
            for kind in [RequestKind::Idempotent, RequestKind::SingleUse] {
                let script = vec![Ok(with_headers(status, &headers))];
                let (outcome, pauses) = run(RetryPolicy::default(), script, kind);
                assert!(pauses.is_empty(), "{values:?} {pauses:?}");
                let error = ServiceError::from_response(&outcome.unwrap());
                assert_eq!(
                    error.to_string(),
                    format!(
                        "status {status} without an error message; the service requests a pause of {expected}"
                    )
                );
            }
        }
    }
    check(&["21"], "21s");
    check(&["20.1"], "21s");
    check(&["3, 21"], "21s");
    check(&["1", "3600", "2"], "60m");
    check(&["18446744073709551615"], "365d");
    check(&["99999999999999999999"], "365d");
    check(&["Fri, 31 Dec 9999 23:59:59 GMT"], "365d");
    check(&["Sun, 06 Nov 1994 08:50:38 GMT"], "61s");
}

#[test]
fn a_requested_pause_can_be_added_to_a_time() {
    let check = |value: &str| {
        let headers = [
            ("retry-after", value),
            ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ];
        let pause = retry_after(&with_headers(503, &headers)).unwrap();
        assert!(
            pause <= Duration::from_secs(365 * 24 * 3600),
            "{value}: {pause:?}"
        );
        assert!(pause > Duration::from_secs(60), "{value}: {pause:?}");
        let _ = SystemTime::UNIX_EPOCH + pause + pause;
        let _ = Duration::from_secs(253_402_300_799) + pause;
    };
    check("18446744073709551615");
    check("18446744073709551616");
    check(&"9".repeat(1000));
    check("Fri, 31 Dec 9999 23:59:59 GMT");
}

#[test]
fn invalid_retry_after_is_ignored() {
    for value in [
        "",
        "soon",
        "-1",
        "-3600",
        "+3600",
        ".5",
        "3600.",
        "36.0.0",
        "3600s",
        "1e9",
        "0x10",
        ",",
        "\u{a0}",
        "Sun, 06 Nov 1994 08:49:47 GMT",
        "Sun, 99 Nov 2094 08:49:47 GMT",
    ] {
        let script = vec![
            Ok(with_headers(503, &[("retry-after", value)])),
            Ok(status(200)),
        ];
        let (_, pauses) = run(RetryPolicy::default(), script, RequestKind::Idempotent);
        assert!(pauses[0] <= Duration::from_secs(1), "{value:?} {pauses:?}");
    }
}

#[test]
fn throttled_response_is_returned_to_a_transport_that_repeats_it() {
    let policy = RetryPolicy::default()
        .without_throttling()
        .with_pause(|_| {});
    let request = Request::new(b"the same each time".to_vec());
    let transport = Scripted(RefCell::new(vec![Ok(status(503)), Ok(status(429))]));
    let response = policy.send(&transport, &request, RequestKind::Idempotent);
    assert_eq!(response.unwrap().status(), 429);
    assert!(!policy.is_single_attempt());
    assert!(RetryPolicy::single_attempt().is_single_attempt());
    assert!(policy.with_max_attempts(0).is_single_attempt());
}

#[test]
fn throttling_with_another_status_is_retried_like_429() {
    let throttled = |status| with_headers(status, &[("x-amzn-ErrorType", "ThrottlingException")]);
    for code in [400, 503] {
        let script = vec![Ok(throttled(code)), Ok(status(200))];
        let (outcome, pauses) = run(RetryPolicy::default(), script, RequestKind::SingleUse);
        assert_eq!(outcome.unwrap().status(), 200, "{code}");
        assert_eq!(pauses.len(), 1, "{code}");

        let script = vec![Ok(throttled(code))];
        let policy = RetryPolicy::default().without_throttling();
        let (outcome, pauses) = run(policy, script, RequestKind::Idempotent);
        assert_eq!(outcome.unwrap().status(), code, "{code}");
        assert!(pauses.is_empty(), "{code}");
    }
}

#[test]
fn temporary_fault_with_another_status_is_retried_if_the_request_may_be_repeated() {
    let fault = || Ok(with_headers(400, &[("x-amzn-ErrorType", "RequestTimeout")]));
    let script = vec![fault(), Ok(status(200))];
    let (outcome, _) = run(RetryPolicy::default(), script, RequestKind::Idempotent);
    assert_eq!(outcome.unwrap().status(), 200);
    let (outcome, _) = run(
        RetryPolicy::default(),
        vec![fault()],
        RequestKind::SingleUse,
    );
    assert_eq!(outcome.unwrap().status(), 400);
}

#[test]
fn error_reader_decides_about_errors_in_another_format() {
    fn read(response: &Response<Vec<u8>>) -> ServiceError {
        let mut error = ServiceError::from_response(response);
        error.name = Some(String::from_utf8(response.body().clone()).unwrap());
        error
    }
    let error = |name: &str| Response::builder().status(400).body(name.into()).unwrap();
    for (name, is_retried) in [
        ("Throttling", true),
        ("RequestTimeout", true),
        ("AccessDenied", false),
    ] {
        let next = is_retried.then(|| Ok(status(200)));
        let script = [Ok(error(name))].into_iter().chain(next).collect();
        let policy = RetryPolicy::default().with_error_reader(read);
        let (_, pauses) = run(policy, script, RequestKind::Idempotent);
        assert_eq!(!pauses.is_empty(), is_retried, "{name}");
    }
}

#[test]
fn throttling_is_recognized_by_the_status_or_the_name() {
    let check = |status: u16, name: &str, expected: bool| {
        let response = with_headers(status, &[("x-amzn-ErrorType", name)]);
        assert_eq!(is_throttled(&response), expected, "{status} {name}");
    };
    check(429, "", true);
    check(400, "ThrottlingException", true);
    check(400, "com.amazonaws#TooManyRequestsException:http://x", true);
    check(400, "InvalidRequestException", false);
    check(503, "", false);
    check(200, "ThrottlingException", false);
}

#[test]
fn maximum_duration_contains_all_attempts_and_pauses() {
    let check = |attempts, expected: u64| {
        let policy = RetryPolicy::default().with_max_attempts(attempts);
        let duration = policy.max_duration(Duration::from_secs(120));
        assert_eq!(duration, Duration::from_secs(expected), "{attempts}");
    };
    check(0, 120);
    check(1, 120);
    check(3, 3 * 120 + 2 * 20);
}
