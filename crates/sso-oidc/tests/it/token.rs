use std::time::Duration;

use serde_json::{Value, json};
use sso_oidc::{Grant, IssuedToken, OidcError, Poll};
use sso_transport::{RequestKind, ServiceError, TransportError};

use super::script::{Script, cut, refused, response};

const ISSUED: &str =
    r#"{"accessToken":"A","tokenType":"Bearer","expiresIn":3600,"refreshToken":"R"}"#;

fn device_code() -> Grant {
    Grant::DeviceCode("D".into())
}

fn authorization_code() -> Grant {
    Grant::AuthorizationCode {
        code: "K".into(),
        redirect_uri: "http://127.0.0.1:4711/oauth/callback".to_owned(),
        verifier: "V".into(),
    }
}

fn refresh_token() -> Grant {
    Grant::RefreshToken("R".into())
}

fn create(script: &Script, grant: &Grant) -> Result<IssuedToken, OidcError> {
    script
        .client()
        .create_token(&"C".into(), &"S".into(), grant)
}

#[test]
fn each_grant_sends_its_fields() {
    fn check(grant: &Grant, expected: Value) {
        let script = Script::once(200, ISSUED);
        create(&script, grant).unwrap();
        let request = "POST https://oidc.example/base/token".to_owned();
        assert_eq!(script.last_request(), (request, expected));
        assert_eq!(script.last_kind(), Some(RequestKind::SingleUse));
    }
    check(
        &device_code(),
        json!({"clientId": "C", "clientSecret": "S", "deviceCode": "D",
            "grantType": "urn:ietf:params:oauth:grant-type:device_code"}),
    );
    check(
        &authorization_code(),
        json!({"clientId": "C", "clientSecret": "S", "grantType": "authorization_code",
            "code": "K", "redirectUri": "http://127.0.0.1:4711/oauth/callback",
            "codeVerifier": "V"}),
    );
    check(
        &refresh_token(),
        json!({"clientId": "C", "clientSecret": "S", "grantType": "refresh_token",
            "refreshToken": "R"}),
    );
}

#[test]
fn a_refresh_token_in_the_response_is_optional() {
    fn check(body: &str, refresh_token: Option<&str>) {
        let token = create(&Script::once(200, body), &device_code()).unwrap();
        assert_eq!(token.access_token.expose(), "A");
        assert_eq!(token.expires_in, Duration::from_secs(3600));
        assert_eq!(token.refresh_token, refresh_token.map(Into::into));
    }
    check(ISSUED, Some("R"));
    check(r#"{"accessToken":"A","expiresIn":3600}"#, None);
    check(
        r#"{"accessToken":"A","expiresIn":3600,"refreshToken":null}"#,
        None,
    );
    for other in [r#""""#, "5", "true", "{}", r#"["R"]"#] {
        let body = format!(r#"{{"accessToken":"A","expiresIn":3600,"refreshToken":{other}}}"#);
        check(&body, None);
    }
}

#[test]
fn a_response_without_a_valid_access_token_is_an_error_with_its_refresh_token() {
    let refresh_token_of = |body: &str| match create(&Script::once(200, body), &refresh_token()) {
        Err(error @ OidcError::NoAccessToken { .. }) => {
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{body}");
            let OidcError::NoAccessToken { refresh_token } = error else {
                unreachable!("the variant was matched")
            };
            refresh_token
        }
        outcome => panic!("{body}: {outcome:?}"),
    };
    for access in [
        r#""accessToken":"","#,
        r#""accessToken":null,"#,
        r#""accessToken":5,"#,
        "",
    ] {
        let body = format!(r#"{{{access}"expiresIn":3600,"refreshToken":"hunter2"}}"#);
        assert_eq!(refresh_token_of(&body), Some("hunter2".into()));
        let body = format!(r#"{{{access}"expiresIn":3600}}"#);
        assert_eq!(refresh_token_of(&body), None);
    }
}

#[test]
fn the_tokens_of_a_response_without_a_valid_lifetime_are_returned() {
    fn check(fields: &str, expected: u64) {
        let body = format!(r#"{{"accessToken":"A","refreshToken":"R"{fields}}}"#);
        for grant in [device_code(), authorization_code(), refresh_token()] {
            let token = create(&Script::once(200, &body), &grant).unwrap();
            assert_eq!(token.access_token.expose(), "A", "{body}");
            assert_eq!(token.refresh_token, Some("R".into()), "{body}");
            assert_eq!(token.expires_in, Duration::from_secs(expected), "{body}");
        }
    }
    const YEAR: u64 = 366 * 24 * 3600;
    let of = |value: &str, expected| check(&format!(r#","expiresIn":{value}"#), expected);
    of("900", 900);
    of(r#""900""#, 900);
    of(r#"" 900 ""#, 900);
    of("900.9", 900);
    of(r#""900.9""#, 900);
    of("9e2", 900);
    of("1", 1);
    of(&YEAR.to_string(), YEAR);
    check("", 3600);
    check(r#","expires_in":900"#, 3600);
    check(r#","expiresIn":900,"expiresIn":900"#, 3600);
    for nonsense in [
        "null",
        "true",
        "[900]",
        "{}",
        r#""""#,
        r#""soon""#,
        r#""inf""#,
        r#""NaN""#,
        r#""-900""#,
        "0",
        "0.5",
        "-1",
        "-9223372036854775808",
        "31622401",
        "9223372036854775807",
        "18446744073709551616",
        "1e300",
        "1e999",
        r#""1e999""#,
    ] {
        of(nonsense, 3600);
    }
}

#[test]
fn the_expiration_of_a_token_does_not_overflow() {
    let token = create(&Script::once(200, ISSUED), &refresh_token()).unwrap();
    let now = time::OffsetDateTime::UNIX_EPOCH;
    assert_eq!(token.expires_at(now).unix_timestamp(), 3600);
    let end = time::PrimitiveDateTime::MAX.assume_utc();
    assert_eq!(token.expires_at(end), end);
}

#[test]
fn a_single_use_grant_is_retried_only_if_it_was_not_consumed() {
    for grant in [authorization_code(), refresh_token()] {
        let unused = Script::new([
            Err(refused()),
            Ok(response(503, "")),
            Ok(response(200, ISSUED)),
        ]);
        create(&unused, &grant).unwrap();
        assert_eq!(unused.request_count(), 3);

        let possibly_used = Script::new([Err(cut())]);
        let error = create(&possibly_used, &grant).unwrap_err();
        assert!(matches!(
            error,
            OidcError::Transport(TransportError::Cut { .. })
        ));
    }
}

#[test]
fn a_request_with_a_device_code_is_not_retried() {
    for outcome in [Err(refused()), Ok(response(503, "")), Ok(response(429, ""))] {
        let script = Script::new([outcome]);
        create(&script, &device_code()).unwrap_err();
        assert_eq!(script.request_count(), 1);
    }
}

const INTERVAL: Duration = Duration::from_secs(7);

fn poll_after(status: u16, body: &str) -> Poll {
    let response = create(&Script::once(status, body), &device_code());
    Poll::after(response, INTERVAL)
}

fn assert_waits(poll: &Poll, expected_pause: Duration, expected_interval: Duration) {
    let Poll::Wait { pause, interval } = *poll else {
        panic!("{poll:?}");
    };
    assert_eq!(
        (pause, interval),
        (expected_pause, expected_interval),
        "{poll:?}"
    );
}

#[test]
fn retry_after_lengthens_one_pause() {
    fn check(status: u16, body: &str, retry_after: &str, expected: [u64; 2]) {
        let mut response = response(status, body);
        let value = retry_after.parse().unwrap();
        response.headers_mut().insert("retry-after", value);
        let response = create(&Script::new([Ok(response)]), &device_code());
        let [pause, interval] = expected.map(Duration::from_secs);
        assert_waits(&Poll::after(response, INTERVAL), pause, interval);
    }
    let slow_down = r#"{"error":"slow_down"}"#;
    check(429, "", "30", [30, 12]);
    check(429, "", "3", [12, 12]);
    check(429, "", "0", [12, 12]);
    check(429, "", "-1", [12, 12]);
    check(400, slow_down, "30", [30, 12]);
    check(503, "", "30", [30, 7]);
    check(503, "", "30 s", [7, 7]);
    check(400, r#"{"error":"authorization_pending"}"#, "30", [30, 7]);
    let year = 365 * 24 * 3600;
    check(429, "", "18446744073709551616", [year, 12]);
}

#[test]
fn a_poll_waits_after_transient_errors() {
    fn check(poll: &Poll, expected: u64) {
        let expected = Duration::from_secs(expected);
        assert_waits(poll, expected, expected);
    }
    check(&poll_after(400, r#"{"error":"authorization_pending"}"#), 7);
    check(&poll_after(400, r#"{"error":"slow_down"}"#), 12);
    check(&poll_after(500, r#"{"error":"server_error"}"#), 7);
    check(&poll_after(503, "<html>"), 7);
    check(&poll_after(429, ""), 12);
    check(&poll_after(400, r#"{"code":"ThrottlingException"}"#), 12);
    check(&poll_after(408, ""), 7);
    check(&poll_after(200, "<html>Sign in to the Wi-Fi</html>"), 7);
    check(&Poll::after(Err(cut().into()), INTERVAL), 7);
    check(&Poll::after(Err(refused().into()), INTERVAL), 7);
    check(&Poll::after(Err(refused().into()), Duration::ZERO), 1);
}

#[test]
fn a_timeout_doubles_the_interval_up_to_a_minute() {
    let timeouts = || {
        let (host, limit) = ("oidc.example".to_owned(), INTERVAL);
        [
            TransportError::ReadTimeout {
                host: host.clone(),
                limit,
            },
            TransportError::ConnectTimeout { host, limit },
        ]
    };
    let check = |interval: Duration, expected: Duration| {
        for timeout in timeouts() {
            let poll = Poll::after(Err(timeout.into()), interval);
            assert_waits(&poll, expected, expected);
        }
    };
    let seconds = Duration::from_secs;
    check(INTERVAL, seconds(14));
    check(seconds(31), seconds(60));
    check(seconds(58), seconds(63));
    check(seconds(70), seconds(75));
    check(Duration::MAX, Duration::MAX);
    check(Duration::ZERO, seconds(1));
}

#[test]
fn slow_down_increases_the_interval_without_overflow() {
    let slow_down = || {
        create(
            &Script::once(400, r#"{"error":"slow_down"}"#),
            &device_code(),
        )
    };
    let next = |interval| match Poll::after(slow_down(), interval) {
        Poll::Wait { interval, .. } => interval,
        poll => panic!("slow_down ended the poll: {poll:?}"),
    };
    assert_eq!(next(next(INTERVAL)), Duration::from_secs(17));
    assert_eq!(next(Duration::MAX), Duration::MAX);
}

#[test]
fn a_poll_fails_after_permanent_errors() {
    for code in [
        "expired_token",
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "unauthorized_client",
        "something_new",
    ] {
        let poll = poll_after(400, &json!({ "error": code }).to_string());
        assert!(matches!(poll, Poll::Failed(_)), "{code} {poll:?}");
    }
    let misconfigured = TransportError::BadProxy {
        name: "HTTPS_PROXY".to_owned(),
        reason: "a test",
    };
    let poll = Poll::after(Err(misconfigured.into()), INTERVAL);
    assert!(matches!(poll, Poll::Failed(_)), "{poll:?}");
    let invalid = poll_after(200, r#"{"accessToken":"","expiresIn":1}"#);
    assert!(matches!(invalid, Poll::Failed(_)), "{invalid:?}");
}

#[test]
fn a_successful_poll_contains_the_token() {
    let poll = poll_after(200, ISSUED);
    assert!(
        matches!(&poll, Poll::Done(token) if token.access_token.expose() == "A"),
        "{poll:?}"
    );
}

#[test]
fn a_poll_waits_if_only_a_header_contains_authorization_pending() {
    let pending = http::Response::builder()
        .status(400)
        .header("x-amzn-ErrorType", "AuthorizationPendingException")
        .body(Vec::new())
        .unwrap();
    let error = ServiceError::from_response(&pending).into();
    assert_waits(&Poll::after(Err(error), INTERVAL), INTERVAL, INTERVAL);
}
