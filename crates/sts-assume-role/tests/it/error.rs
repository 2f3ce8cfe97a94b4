use std::error::Error;

use sts_assume_role::StsError;

use crate::script::{Script, response, role};

fn error(status: u16, code: &str) -> StsError {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>in the service's words</Message></Error>\
         <RequestId>c6104cbe</RequestId></ErrorResponse>"
    );
    let responses = (0..3).map(|_| response(status, &body));
    Script::new(responses).assume(&role()).unwrap_err()
}

#[test]
fn an_error_is_known_by_its_code() {
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
        400 "ValidationError" InvalidRequest
        400 "MalformedPolicyDocument" InvalidRequest
        403 "RegionDisabledException" RegionDisabled
        400 "Throttling" Throttled
        429 "Whatever" Throttled
        500 "InternalFailure" Other
        400 "NobodyKnows" Other
    }
}

#[test]
fn questions_have_answers() {
    assert!(error(403, "AccessDenied").is_access_denied());
    assert!(error(403, "ExpiredToken").is_invalid_keys());
    assert!(error(400, "Throttling").is_transient());
    assert!(error(503, "ServiceUnavailable").is_transient());
    assert!(!error(403, "AccessDenied").is_transient());
    assert!(StsError::MalformedKeys.is_invalid_keys());
    assert!(StsError::MalformedKeys.service_error().is_none());
}

#[test]
fn what_the_service_said_is_the_source() {
    let error = error(403, "AccessDenied");
    assert_eq!(error.to_string(), "access is denied");
    assert_eq!(
        error.source().unwrap().to_string(),
        "in the service's words (AccessDenied, status 403)"
    );
    let said = error.service_error().unwrap();
    assert_eq!(said.request_id.as_deref(), Some("c6104cbe"));
}

#[test]
fn foreign_text_is_made_fit_for_a_terminal() {
    let error = error(400, "&#x202e;Evil\u{7f}&#10;Name");
    let said = error.service_error().unwrap();
    assert_eq!(said.name.as_deref(), Some("Evil Name"));
}

#[test]
fn a_page_of_something_between_says_nothing_about_access() {
    for status in [400, 401, 403, 404] {
        let response = response(status, "<html>Blocked by your company</html>");
        let error = Script::new([response]).assume(&role()).unwrap_err();
        assert!(matches!(error, StsError::Other(_)), "{error:?}");
        assert!(!error.is_access_denied() && !error.is_invalid_keys());
    }
}
