use std::error::Error;

use sts_assume_role::StsError;

use crate::script::{Script, response, role};

fn error(status: u16, code: &str) -> StsError {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>service message</Message></Error>\
         <RequestId>c6104cbe</RequestId></ErrorResponse>"
    );
    let responses = (0..3).map(|_| response(status, &body));
    Script::new(responses).assume(&role()).unwrap_err()
}

#[test]
fn a_code_selects_the_variant() {
    macro_rules! check {
        ($($status:literal $code:literal $variant:ident)*) => {$(
            let known = error($status, $code);
            assert!(matches!(known, StsError::$variant(_)), "{} {known:?}", $code);
        )*};
    }
    check! {
        403 "AccessDenied" AccessDenied
        403 "ExpiredToken" InvalidKeys
        400 "ExpiredTokenException" InvalidKeys
        403 "InvalidClientTokenId" InvalidKeys
        403 "SignatureDoesNotMatch" InvalidKeys
        403 "InvalidAccessKeyId" InvalidKeys
        400 "InvalidToken" InvalidKeys
        400 "ValidationError" InvalidRequest
        400 "MalformedPolicyDocument" InvalidRequest
        403 "RegionDisabledException" RegionDisabled
        400 "Throttling" Throttled
        400 "ThrottlingException" Throttled
        400 "RequestLimitExceeded" Throttled
        400 "SlowDown" Throttled
        503 "BandwidthLimitExceeded" Throttled
        400 "PriorRequestNotComplete" Throttled
        429 "Whatever" Throttled
        400 "RequestTimeout" Other
        500 "InternalFailure" Other
        400 "UnknownCode" Other
    }
}

#[test]
fn predicates_classify_errors() {
    assert!(error(403, "AccessDenied").is_access_denied());
    assert!(error(403, "ExpiredToken").is_invalid_keys());
    assert!(error(400, "Throttling").is_transient());
    assert!(error(503, "ServiceUnavailable").is_transient());
    assert!(!error(403, "AccessDenied").is_transient());
    assert!(StsError::MalformedKeys.is_invalid_keys());
    assert!(StsError::MalformedKeys.service_error().is_none());
}

#[test]
fn the_message_of_the_service_is_the_source() {
    let error = error(403, "AccessDenied");
    assert_eq!(error.to_string(), "access is denied");
    assert_eq!(
        error.source().unwrap().to_string(),
        "service message (AccessDenied, status 403)"
    );
    let service_error = error.service_error().unwrap();
    assert_eq!(service_error.request_id.as_deref(), Some("c6104cbe"));
}

#[test]
fn control_characters_are_removed_from_an_error_name() {
    let error = error(400, "&#x202e;Evil\u{7f}&#10;Name");
    let service_error = error.service_error().unwrap();
    assert_eq!(service_error.name.as_deref(), Some("Evil Name"));
}

#[test]
fn an_error_page_of_a_proxy_is_not_an_authorization_error() {
    for status in [400, 401, 403, 404] {
        let response = response(status, "<html>Blocked by your company</html>");
        let error = Script::new([response]).assume(&role()).unwrap_err();
        assert!(matches!(error, StsError::Other(_)), "{error:?}");
        assert!(!error.is_access_denied() && !error.is_invalid_keys());
    }
}
