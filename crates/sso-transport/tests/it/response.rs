use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use http::Response;
use serde::Deserialize;
use sso_transport::{ServiceError, TransportError, read_json, server_date, text_without};

fn response(status: u16, headers: &[(&str, &[u8])], body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

fn check(response: &Response<Vec<u8>>, expected: &str) {
    assert_eq!(ServiceError::from_response(response).to_string(), expected);
}

#[test]
fn oauth_error_is_read_completely() {
    let error = ServiceError::from_response(&response(
        400,
        &[
            ("x-amzn-ErrorType", b"AccessDeniedException"),
            ("x-amzn-RequestId", b"1-2-3"),
            ("date", b"Sun, 06 Nov 1994 08:49:37 GMT"),
        ],
        r#"{"error":"access_denied","error_description":"Not you","reason":"KMS_DisabledException"}"#,
    ));
    assert_eq!(error.status, 400);
    assert_eq!(error.name.as_deref(), Some("AccessDeniedException"));
    assert_eq!(error.code.as_deref(), Some("access_denied"));
    assert_eq!(error.message.as_deref(), Some("Not you"));
    assert_eq!(error.reason.as_deref(), Some("KMS_DisabledException"));
    assert_eq!(error.request_id.as_deref(), Some("1-2-3"));
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    assert_eq!(error.server_date, Some(date));
    assert_eq!(
        error.to_string(),
        "Not you (AccessDeniedException, status 400)"
    );
}

#[test]
fn error_is_displayed_without_its_missing_fields() {
    let named: &[(&str, &[u8])] = &[("x-amzn-ErrorType", b"UnauthorizedException")];
    check(
        &response(401, named, r#"{"message":"Session token not found"}"#),
        "Session token not found (UnauthorizedException, status 401)",
    );
    check(
        &response(401, named, ""),
        "UnauthorizedException (status 401)",
    );
    check(
        &response(400, &[], r#"{"error":"slow_down"}"#),
        "slow_down (status 400)",
    );
    check(
        &response(403, &[], r#"{"Message":"No"}"#),
        "No (status 403)",
    );
    check(
        &response(
            400,
            &[],
            r#"{"__type":"com.amazonaws#SlowDownException","message":"m","Message":"M"}"#,
        ),
        "m (SlowDownException, status 400)",
    );
    let suffixed: &[(&str, &[u8])] = &[(
        "x-amzn-ErrorType",
        b"XException:http://internal.amazon.com/",
    )];
    check(&response(400, suffixed, "{}"), "XException (status 400)");
}

#[test]
fn name_of_an_error_is_found_in_the_order_of_botocore() {
    let body = r#"{"__type":"a#FirstException","Code":"SecondException","code":"ThirdException"}"#;
    check(&response(400, &[], body), "ThirdException (status 400)");
    let body = r#"{"__type":"a#FirstException","Code":"SecondException"}"#;
    check(&response(400, &[], body), "SecondException (status 400)");
    let header: &[(&str, &[u8])] = &[("x-amzn-ErrorType", b"HeaderException:")];
    check(&response(400, header, body), "HeaderException (status 400)");
}

#[test]
fn any_body_is_accepted() {
    for body in [
        &b""[..],
        b"<html><body>Sign in to the Wi-Fi</body></html>",
        b"\xff\xfe\x00",
        b"null",
        b"[1,2]",
        b"\"text\"",
        br#"{"error":1,"error_description":[],"message":{},"reason":null}"#,
        br#"{"error":"","message":" "}"#,
        br#"{"error":"x"#,
    ] {
        check(
            &response(503, &[("x-amzn-ErrorType", b" ")], body),
            "status 503 without an error message",
        );
    }
    check(
        &response(400, &[], &b"{\"error\":\"x\",\"message\":\"\xff!\"}"[..]),
        "\u{fffd}! (x, status 400)",
    );
}

#[test]
fn error_texts_are_sanitized() {
    check(
        &response(
            400,
            &[("x-amzn-ErrorType", b"\xffEvil\tException")],
            r#"{"message":"\u001b]0;owned\u0007 \u202eevil\nline"}"#,
        ),
        "]0;owned evil line (\u{fffd}Evil Exception, status 400)",
    );
    let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(100_000));
    let error = ServiceError::from_response(&response(400, &[], long));
    assert_eq!(error.message.unwrap().chars().count(), 501);
}

#[test]
fn transient_statuses_are_recognized() {
    for (status, transient) in [
        (400, false),
        (401, false),
        (408, true),
        (429, true),
        (500, true),
        (503, true),
    ] {
        let error = ServiceError::from_response(&response(status, &[], ""));
        assert_eq!(error.is_transient(), transient, "{status}");
    }
}

#[test]
fn throttling_and_temporary_faults_are_recognized_by_name_in_each_field() {
    let check = |name: &str, is_throttling: bool, is_transient: bool| {
        let header: &[(&str, &[u8])] = &[("x-amzn-ErrorType", name.as_bytes())];
        let in_header = response(400, header, "");
        let in_body =
            |field: &str| response(400, &[], serde_json::json!({ field: name }).to_string());
        let in_fields = ["__type", "Code", "code", "error"].map(in_body);
        // A header without a name hides no name in the body.
        let empty: &[(&str, &[u8])] = &[("x-amzn-ErrorType", b":http://x")];
        let body = serde_json::json!({ "code": "400", "Code": "", "__type": name });
        let beside_others = response(400, empty, body.to_string());
        for response in in_fields.iter().chain([&in_header, &beside_others]) {
            let error = ServiceError::from_response(response);
            assert_eq!(error.is_throttling(), is_throttling, "{response:?}");
            assert_eq!(error.is_transient(), is_transient, "{response:?}");
        }
    };
    for name in [
        "Throttling",
        "ThrottlingException",
        "SlowDownException",
        "RequestLimitExceeded",
        "PriorRequestNotComplete",
        "slow_down",
    ] {
        check(name, true, true);
        check(&format!("com.amazonaws.sso#{name}"), true, true);
        check(
            &format!("{name}:http://internal.amazon.com/coral/"),
            true,
            true,
        );
        check(&format!("com.amazonaws.sso#{name}:http://x/#y"), true, true);
    }
    for name in ["RequestTimeout", "server_error", "temporarily_unavailable"] {
        check(name, false, true);
    }
    check("invalid_grant", false, false);
    check("ValidationException", false, false);
}

/// Row of `fixtures/retry-codes.json`.
#[derive(Deserialize)]
struct RetryCode {
    code: String,
    throttling: bool,
}

#[test]
fn error_codes_are_classified_as_in_botocore() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/retry-codes.json"
    );
    let codes: Vec<RetryCode> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(codes.len() > 10);
    for RetryCode { code, throttling } in codes {
        let header: &[(&str, &[u8])] = &[("x-amzn-ErrorType", code.as_bytes())];
        let error = ServiceError::from_response(&response(400, header, ""));
        assert_eq!(error.is_throttling(), throttling, "{code}");
        assert!(error.is_transient(), "{code}");
    }
}

#[test]
fn requested_pause_is_displayed_unless_it_is_over() {
    let check = |pause: &[u8], expected: &str| {
        let headers: &[(&str, &[u8])] = &[
            ("x-amzn-ErrorType", b"TooManyRequestsException"),
            ("retry-after", pause),
        ];
        let response = response(429, headers, r#"{"message":"slow down"}"#);
        let error = ServiceError::from_response(&response).to_string();
        let text = "slow down (TooManyRequestsException, status 429)";
        assert_eq!(error, format!("{text}{expected}"));
    };
    check(b"0", "");
    check(b"-1", "");
    check(b" ", "");
    check(b"1", "; the service requests a pause of 1s");
    check(b"3600", "; the service requests a pause of 60m");
}

#[derive(Debug, Deserialize)]
struct Token {
    #[serde(rename = "accessToken")]
    _token: String,
}

#[test]
fn invalid_response_is_described_and_not_quoted() {
    fn check(content_type: &[u8], body: &str, expected: &str) {
        let response = response(200, &[("content-type", content_type)], body);
        let error = read_json::<Token>(&response).unwrap_err();
        assert!(matches!(error, TransportError::NotUnderstood { .. }));
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        assert!(std::error::Error::source(&error).is_none());
    }
    check(
        b"text/html",
        "<html>hunter2",
        "the response is a web page, such as the login page of a network (content type text/html)",
    );
    let page = "the response is a web page, such as the login page of a network";
    for body in [
        "<!DOCTYPE html>hunter2",
        "\u{feff}\r\n <HTML lang=\"en\">",
        "<html>",
    ] {
        check(b"", body, page);
    }
    check(
        b"Text/HTML; charset=utf-8",
        "",
        &format!("{page} (content type Text/HTML; charset=utf-8)"),
    );
    check(b"", "<Response>", "the response is not JSON");
    check(b"", "hunter2", "the response is not JSON");
    check(
        b"a\x09b",
        r#"{"accessToken":"hunter2"#,
        "the response is truncated (content type a b)",
    );
    check(
        b"",
        r#"{"hunter2":1}"#,
        "the response has missing or invalid fields",
    );
    check(
        b"",
        r#""hunter2""#,
        "the response has missing or invalid fields",
    );
    check(b"", "", "the response is truncated");
    read_json::<Token>(&response(200, &[], r#"{"accessToken":"a","more":1}"#)).unwrap();
}

#[test]
fn invalid_date_is_ignored() {
    for date in [&b""[..], b"yesterday", b"\xff", b"1994-11-06"] {
        assert_eq!(server_date(&response(200, &[("date", date)], "")), None);
    }
    assert_eq!(server_date(&Response::new(())), None);
}

#[test]
fn secrets_are_redacted_in_every_encoding_of_a_text() {
    const SECRET: &str = r#"s/cr+t "KEY"\=="#;
    let check = |quoted: &str| {
        for (start, end) in [("", ""), ("a", "b"), ("it is ", " here")] {
            let shown = text_without(&format!("{start}{quoted}{end}"), &[SECRET]).unwrap();
            assert_eq!(shown, format!("{start}[redacted]{end}"), "{quoted}");
        }
    };
    check(SECRET);
    check("s%2Fcr%2Bt%20%22KEY%22%5C%3D%3D");
    check("s%2fcr%2bt+%22KEY%22%5c%3d%3d");
    check("s%252Fcr%252Bt%2520%2522KEY%2522%255C%253D%253D");
    check("%73%2F%63%72%2B%74+%22%4b%45%59%22%5C%3D%3D");
    check(r#"s\/cr+t \"KEY\"\\=="#);
    check(r"s\u002Fcr\u002bt\u0020\u0022KEY\u0022\u005c\u003d\u003d");
    check(r"s\\/cr+t \\u0022KEY\\u0022\\\\==");
    check("s&#47;cr&#43;t &#34;KEY&#x22;&#x5C;&#x3d;=");
}

#[test]
fn secrets_are_redacted_in_base64_at_every_position() {
    const SECRET: &str = "\u{3ff}?>~wJalrXUtnFEMI/K7MDENG";
    for start in ["", "a", "ab", "abc", "{\"sessionKey\":\""] {
        for engine in [STANDARD, URL_SAFE] {
            let encoded = engine.encode(format!("{start}{SECRET}\"}}"));
            let escaped = encoded.replace('/', "%2F").replace('+', "%2b");
            for text in [encoded, escaped] {
                let shown = text_without(&text, &[SECRET]).unwrap();
                assert!(shown.contains("[redacted]"), "{text}: {shown}");
                // A few bits of the first and the last byte remain.
                assert!(shown.len() <= start.len() * 2 + 20, "{text}: {shown}");
            }
        }
    }
}

#[test]
fn texts_without_secrets_stay_as_they_are() {
    for text in ["100% of a&b; c\\d %2", "&#x;&#9999999999;%zz\\u12", "é%C3"] {
        let secrets = ["", "hunter2", "é2"];
        assert_eq!(text_without(text, &secrets).as_deref(), Some(text));
    }
    assert_eq!(text_without("", &["x"]), None);
    // A part of a longer secret does not hide it.
    let shown = text_without("ab%63d", &["ab", "abcd"]);
    assert_eq!(shown.as_deref(), Some("[redacted]"));
}
