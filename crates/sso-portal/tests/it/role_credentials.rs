use serde_json::{Value, json};
use sso_portal::{PortalError, RoleCredentials};
use sso_transport::TransportError;
use time::OffsetDateTime;

use super::script::Script;

fn get_with(field: &str, value: Value) -> Result<RoleCredentials, PortalError> {
    let mut credentials = json!({"accessKeyId": "ASIA1", "secretAccessKey": "hunter2",
        "sessionToken": "hunter2", "expiration": 1_700_000_000_123_i64});
    credentials[field] = value;
    let script = Script::bodies(&[&json!({ "roleCredentials": credentials }).to_string()]);
    let (token, account) = ("hunter2".into(), "000000000001".into());
    let outcome = script
        .client()
        .get_role_credentials(&token, &account, &"a+b=c d".into());
    assert_eq!(
        script.requests(),
        ["GET /federation/credentials?role_name=a%2Bb%3Dc%20d&account_id=000000000001"]
    );
    outcome
}

#[test]
fn credentials_have_the_fields_of_the_response() {
    let credentials = get_with("more", json!(1)).unwrap();
    assert_eq!(credentials.access_key_id, "ASIA1");
    assert_eq!(credentials.secret_access_key.expose(), "hunter2");
    assert_eq!(credentials.session_token.expose(), "hunter2");
    let milliseconds = credentials.expires_at.unix_timestamp_nanos() / 1_000_000;
    assert_eq!(milliseconds, 1_700_000_000_123);
    let responded_at = OffsetDateTime::from_unix_timestamp(784_111_777).unwrap();
    assert_eq!(credentials.responded_at, Some(responded_at));
    assert!(!format!("{credentials:?}").contains("hunter2"));
}

#[test]
fn an_invalid_expiration_is_an_error() {
    for expiration in [json!(i64::MAX), json!(i64::MIN)] {
        let outcome = get_with("expiration", expiration);
        assert!(
            matches!(
                outcome,
                Err(PortalError::UnexpectedResponse {
                    field: "expiration"
                })
            ),
            "{outcome:?}"
        );
    }
    for expiration in [json!(u64::MAX), json!(1e300), json!("soon"), Value::Null] {
        let outcome = get_with("expiration", expiration);
        assert!(
            matches!(
                outcome,
                Err(PortalError::Transport(TransportError::NotUnderstood { .. }))
            ),
            "{outcome:?}"
        );
    }
}

#[test]
fn credentials_with_invalid_characters_are_an_error() {
    for field in ["accessKeyId", "secretAccessKey", "sessionToken"] {
        for text in ["", "A B", "A\nB", "A\u{1b}", "ü"] {
            let outcome = get_with(field, json!(text));
            assert!(
                matches!(outcome, Err(PortalError::UnexpectedResponse { field: named }) if named == field),
                "{outcome:?}"
            );
        }
    }
}
