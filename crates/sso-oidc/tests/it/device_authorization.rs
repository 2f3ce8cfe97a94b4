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
    assert_eq!(script.last(), (request, body));
    outcome
}

/// A usual answer with some fields changed; null leaves one out.
fn usual_with(changes: Value) -> Value {
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
fn an_authorization_is_returned_as_the_service_gives_it() {
    let authorization = start(&usual_with(json!({}))).unwrap();
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

#[test]
fn an_interval_is_five_seconds_unless_given_and_never_spins() {
    fn check(interval: &Value, expected: u64) {
        let authorization = start(&usual_with(json!({"interval": interval}))).unwrap();
        assert_eq!(authorization.interval, Duration::from_secs(expected));
    }
    check(&Value::Null, 5);
    check(&json!(0), 1);
    check(&json!(7), 7);
    check(&json!(i64::MAX), 60);
}

#[test]
fn a_page_with_the_code_may_be_missing() {
    let response = usual_with(json!({"verificationUriComplete": null}));
    let authorization = start(&response).unwrap();
    assert_eq!(
        authorization.verification_uri_complete,
        "https://device.example/"
    );
}

#[test]
fn a_code_cannot_write_to_the_terminal() {
    let authorization = start(&usual_with(json!({"userCode": "A\u{1b}[31mB\u{202e}"}))).unwrap();
    assert_eq!(authorization.user_code, "A[31mB");
}

#[test]
fn only_a_web_page_reaches_a_browser() {
    for page in [
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
    ] {
        for field in ["verificationUri", "verificationUriComplete"] {
            let outcome = start(&usual_with(json!({field: page})));
            assert!(
                matches!(outcome, Err(OidcError::UnexpectedResponse { field: named }) if named == field),
                "{page:?} {outcome:?}"
            );
        }
    }
    start(&usual_with(
        json!({"verificationUri": "http://127.0.0.1:8080/device"}),
    ))
    .unwrap();
}

#[test]
fn absurd_numbers_are_refused_or_cut() {
    for field in ["expiresIn", "interval"] {
        for number in [-1, i64::MIN] {
            let outcome = start(&usual_with(json!({field: number})));
            assert!(
                matches!(outcome, Err(OidcError::UnexpectedResponse { field: named }) if named == field),
                "{outcome:?}"
            );
        }
    }
    let endless = start(&usual_with(json!({"expiresIn": i64::MAX}))).unwrap();
    assert_eq!(endless.expires_in, Duration::from_secs(366 * 24 * 3600));
    for number in [json!(1e300), json!(u64::MAX), json!("600"), Value::Null] {
        start(&usual_with(json!({"expiresIn": number}))).unwrap_err();
    }
}
