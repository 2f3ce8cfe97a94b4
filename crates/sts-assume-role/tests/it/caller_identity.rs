use sso_transport::TransportError;
use sts_assume_role::{CallerIdentity, StsError};
use time::OffsetDateTime;

use crate::script::{Script, issued, keys, response};

/// Returns the example response in the STS API reference.
fn documented() -> String {
    "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetCallerIdentityResult>
   <Arn>arn:aws:iam::123456789012:user/Alice</Arn>
   <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
   <Account>123456789012</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
   <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>"
        .to_owned()
}

fn identity(script: &Script) -> Result<CallerIdentity, StsError> {
    let client = script.client("https://sts.example", "us-east-1");
    client.get_caller_identity(&keys(), OffsetDateTime::UNIX_EPOCH)
}

fn rejection_of(body: &str) -> StsError {
    identity(&Script::new([response(200, body)])).unwrap_err()
}

#[test]
fn the_documented_identity_is_parsed() {
    let script = Script::new([response(200, &documented())]);
    let identity = identity(&script).unwrap();
    assert_eq!(identity.arn, "arn:aws:iam::123456789012:user/Alice");
    assert_eq!(identity.user_id, "AIDACKCEVSQ6C2EXAMPLE");
    assert_eq!(identity.account.as_str(), "123456789012");
    let request = &script.requests()[0];
    assert_eq!(
        request.body(),
        b"Action=GetCallerIdentity&Version=2011-06-15"
    );
    assert!(request.headers()["authorization"].is_sensitive());
}

#[test]
fn an_invalid_field_of_an_identity_is_an_error_that_names_it() {
    let check = |from: &str, to: &str, expected: &str| {
        let body = documented().replace(from, to);
        assert_ne!(body, documented());
        let error = rejection_of(&body);
        let StsError::UnexpectedResponse { field } = error else {
            panic!("{error:?}")
        };
        assert_eq!(field, expected);
    };
    check("Arn>", "Name>", "Arn");
    check("user/Alice", "user/\u{202e}Alice", "Arn");
    check("user/Alice", "user/&#x85;Alice", "Arn");
    check("AIDACKCEVSQ6C2EXAMPLE", " ", "UserId");
    check("AIDACKCEVSQ6C2EXAMPLE", "AIDA EXAMPLE", "UserId");
    check("<Account>123456789012", "<Account>", "Account");
    check("<Account>1", "<Account>é1", "Account");
    for account in ["1", "1234567890123", "12345678901a", "-12345678901"] {
        check(
            "<Account>123456789012",
            &format!("<Account>{account}"),
            "Account",
        );
    }
}

#[test]
fn the_response_to_another_operation_is_a_transport_error() {
    for body in ["", "{}", "<html><Arn>a</Arn></html>", &issued()] {
        let error = rejection_of(body);
        let is_known = matches!(
            error,
            StsError::Transport(TransportError::NotUnderstood { .. })
        );
        assert!(is_known, "{body}: {error:?}");
    }
}
