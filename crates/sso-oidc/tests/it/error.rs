use std::error::Error;

use http::Response;
use sso_oidc::{KmsProblem, OidcError};
use sso_transport::ServiceError;

use super::script::{cut, response};

fn from_code(code: &str) -> OidcError {
    ServiceError::from_response(&response(400, &format!(r#"{{"error":"{code}"}}"#))).into()
}

fn from_name(name: &str) -> OidcError {
    let response = Response::builder()
        .status(400)
        .header("x-amzn-ErrorType", name)
        .body(Vec::new())
        .unwrap();
    ServiceError::from_response(&response).into()
}

#[test]
fn a_code_or_a_name_selects_the_variant() {
    macro_rules! check {
        ($($code:literal $name:literal $variant:ident)*) => {$(
            assert!(matches!(from_code($code), OidcError::$variant(_)), $code);
            assert!(matches!(from_name($name), OidcError::$variant(_)), $name);
        )*};
    }
    check! {
        "authorization_pending" "AuthorizationPendingException" AuthorizationPending
        "slow_down" "SlowDownException" SlowDown
        "expired_token" "ExpiredTokenException" ExpiredToken
        "access_denied" "AccessDeniedException" AccessDenied
        "invalid_client" "InvalidClientException" InvalidClient
        "invalid_grant" "InvalidGrantException" InvalidGrant
        "invalid_request" "InvalidRequestException" InvalidRequest
        "invalid_scope" "InvalidScopeException" InvalidScope
        "unauthorized_client" "UnauthorizedClientException" UnauthorizedClient
        "unsupported_grant_type" "UnsupportedGrantTypeException" UnsupportedGrantType
        "invalid_client_metadata" "InvalidClientMetadataException" InvalidClientMetadata
        "invalid_redirect_uri" "InvalidRedirectUriException" InvalidRedirectUri
        "server_error" "InternalServerException" InternalServer
        "something_new" "SomethingNewException" Other
    }
}

#[test]
fn throttling_under_another_name_is_slow_down() {
    for name in ["ThrottlingException", "TooManyRequestsException"] {
        assert!(matches!(from_name(name), OidcError::SlowDown(_)), "{name}");
    }
    let by_status = OidcError::from(ServiceError::from_response(&response(429, "")));
    assert!(matches!(by_status, OidcError::SlowDown(_)), "{by_status:?}");
}

#[test]
fn the_message_of_the_service_is_only_in_the_source() {
    let body = r#"{"error":"invalid_grant","error_description":"Invalid refresh token provided"}"#;
    let error = OidcError::from(ServiceError::from_response(&response(400, body)));
    assert!(
        !error.to_string().contains("Invalid refresh token"),
        "{error}"
    );
    assert_eq!(
        error.source().unwrap().to_string(),
        "Invalid refresh token provided (invalid_grant, status 400)"
    );
    assert_eq!(error.service_error().unwrap().status, 400);
}

#[test]
fn the_reason_identifies_a_problem_with_the_kms_key() {
    fn check(reason: &str, expected: Option<KmsProblem>) {
        for code in ["invalid_request", "access_denied"] {
            let body = format!(r#"{{"error":"{code}","reason":"{reason}"}}"#);
            let error = OidcError::from(ServiceError::from_response(&response(400, &body)));
            assert_eq!(error.kms_problem(), expected, "{reason}");
        }
    }
    check("KMS_AccessDeniedException", Some(KmsProblem::AccessDenied));
    check("KMS_NotFoundException", Some(KmsProblem::NotFound));
    check(
        "KMS_InvalidKeyUsageException",
        Some(KmsProblem::InvalidKeyUsage),
    );
    check("KMS_InvalidStateException", Some(KmsProblem::InvalidState));
    check("KMS_DisabledException", Some(KmsProblem::Disabled));
    check("KMS_SomethingNewException", Some(KmsProblem::Other));
    check("", None);
    check("something else", None);
    assert_eq!(OidcError::from(cut()).kms_problem(), None);
}

#[test]
fn only_server_errors_throttling_and_network_errors_are_transient() {
    let of = |status| OidcError::from(ServiceError::from_response(&response(status, "")));
    assert!(of(500).is_transient() && of(429).is_transient());
    assert!(!of(400).is_transient() && !of(401).is_transient());
    assert!(OidcError::from(cut()).is_transient());
    assert!(!OidcError::UnexpectedResponse { field: "expiresIn" }.is_transient());
}

#[test]
fn a_status_4xx_is_a_refusal_unless_it_is_throttling_temporary_or_about_a_kms_key() {
    let of =
        |status, body: &str| OidcError::from(ServiceError::from_response(&response(status, body)));
    let check = |status, code: &str, is_refusal: bool, may_be_refusal: bool| {
        let error = of(status, &format!(r#"{{"error":"{code}"}}"#));
        let found = (error.is_refusal(), error.may_be_refusal());
        assert_eq!(found, (is_refusal, may_be_refusal), "{status} {code}");
    };
    for code in [
        "authorization_pending",
        "expired_token",
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_client_metadata",
        "invalid_redirect_uri",
        "something_new",
        "",
    ] {
        for status in [400, 401, 403, 404, 409, 422, 499] {
            check(status, code, true, false);
        }
        check(408, code, false, true);
        for status in [429, 500, 503] {
            check(status, code, false, false);
        }
    }
    for code in [
        "slow_down",
        "ThrottlingException",
        "TooManyRequestsException",
    ] {
        check(400, code, false, false);
    }
    for code in [
        "temporarily_unavailable",
        "server_error",
        "ServiceUnavailable",
        "RequestTimeout",
    ] {
        check(400, code, false, true);
        check(503, code, false, false);
    }
    let kms = of(
        400,
        r#"{"error":"access_denied","reason":"KMS_DisabledException"}"#,
    );
    assert!(!kms.is_refusal() && !kms.may_be_refusal());
    let cut = OidcError::from(cut());
    assert!(!cut.is_refusal() && !cut.may_be_refusal());
}
