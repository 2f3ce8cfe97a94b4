use std::time::Duration;

use serde_json::{Value, json};
use sso_oidc::{DeviceAuthorization, OidcError};

use super::script::Script;

fn start(response: &Value) -> Result<DeviceAuthorization, OidcError> {
    let script = Script::once(200, &response.to_string());
    let (id, secret, url) = (
        "C".into(),
        "S".into(),
        "https://a.awsapps.com/start#/".into(),
    );
    let outcome = script
        .client()
        .start_device_authorization(&id, &secret, &url);
    let request = "POST https://oidc.example/base/device_authorization".to_owned();
    let body = json!({"clientId": "C", "clientSecret": "S",
        "startUrl": "https://a.awsapps.com/start#/"});
    assert_eq!(script.last_request(), (request, body));
    outcome
}

/// Returns a valid response with changed fields. A null removes its field.
fn response_with(changes: Value) -> Value {
    let mut response = json!({"deviceCode": "D", "userCode": "ABCD-EFGH", "expiresIn": 600,
        "verificationUri": "https://device.example/",
        "verificationUriComplete": "https://device.example/?user_code=ABCD-EFGH", "interval": 1});
    let fields = response.as_object_mut().unwrap();
    if let Value::Object(changes) = changes {
        fields.extend(changes);
    }
    fields.retain(|_, value| !value.is_null());
    response
}

#[test]
fn an_authorization_has_the_fields_of_the_response() {
    let authorization = start(&response_with(json!({}))).unwrap();
    assert_eq!(
        authorization,
        DeviceAuthorization {
            device_code: "D".into(),
            user_code: "ABCD-EFGH".to_owned(),
            verification_uri: "https://device.example/".to_owned(),
            verification_uri_complete: "https://device.example/?user_code=ABCD-EFGH".to_owned(),
            expires_in: Duration::from_secs(600),
            interval: Duration::from_secs(1),
        }
    );
}

/// Returns the lifetime and the interval in seconds.
fn durations(changes: Value) -> [u64; 2] {
    let authorization = start(&response_with(changes)).unwrap();
    [authorization.expires_in, authorization.interval].map(|it| it.as_secs())
}

/// Values that are not a number of seconds.
fn invalid_numbers() -> [Value; 11] {
    [
        Value::Null,
        json!(-1),
        json!(i64::MIN),
        json!(-0.5),
        json!("soon"),
        json!(""),
        json!("-5"),
        json!("NaN"),
        json!("inf"),
        json!(true),
        json!([7]),
    ]
}

#[test]
fn an_interval_is_5_seconds_by_default_and_1_second_to_the_lifetime() {
    let check = |interval: Value, expected| {
        let found = durations(json!({"interval": interval}));
        assert_eq!(found, [600, expected], "{interval}");
    };
    for (interval, expected) in [(json!(0), 1), (json!(0.5), 1), (json!("0"), 1)] {
        check(interval, expected);
    }
    for seven in [json!(7), json!(7.9), json!("7"), json!(" 7 ")] {
        check(seven, 7);
    }
    check(json!(61), 61);
    check(json!(600), 600);
    for long in [json!(601), json!(i64::MAX), json!(u64::MAX), json!(1e300)] {
        check(long, 600);
    }
    for invalid in invalid_numbers() {
        check(invalid, 5);
    }
    assert_eq!(durations(json!({"expiresIn": 3, "interval": null})), [3, 3]);
}

#[test]
fn a_lifetime_is_10_minutes_by_default_and_1_second_to_24_hours() {
    let check = |lifetime: Value, expected| {
        let found = durations(json!({"expiresIn": lifetime}));
        assert_eq!(found, [expected, 1], "{lifetime}");
    };
    check(json!(1), 1);
    check(json!(900), 900);
    check(json!("900"), 900);
    check(json!(900.9), 900);
    check(json!(24 * 3600), 24 * 3600);
    for long in [json!(24 * 3600 + 1), json!(i64::MAX), json!(1e300)] {
        check(long, 24 * 3600);
    }
    for invalid in invalid_numbers() {
        check(invalid, 600);
    }
    for zero in [json!(0), json!(0.9), json!("0")] {
        check(zero, 600);
    }
}

#[test]
fn verification_uri_complete_is_optional() {
    let response = response_with(json!({"verificationUriComplete": null}));
    let authorization = start(&response).unwrap();
    assert_eq!(
        authorization.verification_uri_complete,
        "https://device.example/"
    );
}

#[test]
fn control_characters_are_removed_from_a_user_code() {
    let authorization = start(&response_with(json!({"userCode": "A\u{1b}[31mB\u{202e}"}))).unwrap();
    assert_eq!(authorization.user_code, "A[31mB");
}

#[test]
fn unsafe_verification_urls_are_rejected() {
    for url in [
        "file:///etc/passwd",
        "file://device.example/etc/passwd",
        "javascript:alert(1)",
        "--help",
        "https://",
        "https:///x",
        "/device",
        "",
        "https://device.example/\u{1b}[31m",
        "https://device.example/ --x",
        "https://device.example/\u{7f}",
        "https://device.example/\u{202e}",
        "https://ünï.example/",
        "http://device.example/",
        "http://127.0.0.1.example/",
        "http://localhost.example/",
        "https://user:password@device.example/",
        "https://device.example@attacker.example/",
        "https://@device.example/",
        "http://user@127.0.0.1/",
        "https://device.example\\@attacker.example/",
        "https://attacker.example\\.device.example/",
        "https://device.example:99999/",
        "HTTP://device.example/",
        "ftp://device.example/",
        "https:device.example",
        "//device.example/",
        "data:text/html,x",
    ] {
        for field in ["verificationUri", "verificationUriComplete"] {
            let outcome = start(&response_with(json!({field: url})));
            assert!(
                matches!(outcome, Err(OidcError::UnexpectedResponse { field: named }) if named == field),
                "{url:?} {outcome:?}"
            );
        }
    }
    for url in [
        "http://127.0.0.1:8080/device",
        "http://[::1]:8080/device",
        "http://localhost/device",
        "https://device.example:8443/start/#/device?user_code=ABCD-EFGH",
    ] {
        start(&response_with(json!({"verificationUri": url}))).unwrap();
    }
}
