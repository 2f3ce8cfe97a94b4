use std::error::Error;

use http::Response;
use sso_portal::PortalError;
use sso_transport::ServiceError;

fn error(status: u16, name: Option<&str>, body: &str) -> PortalError {
    let mut response = Response::builder().status(status);
    if let Some(name) = name {
        response = response.header("x-amzn-ErrorType", name);
    }
    ServiceError::from_response(&response.body(body.into()).unwrap()).into()
}

#[test]
fn a_name_or_a_status_selects_the_variant() {
    macro_rules! check {
        ($($status:literal $name:literal $variant:ident)*) => {$(
            assert!(matches!(error($status, Some($name), ""), PortalError::$variant(_)), $name);
            assert!(matches!(error(400, Some($name), ""), PortalError::$variant(_)), $name);
            let unnamed = error($status, None, r#"{"message":"m"}"#);
            assert!(matches!(unnamed, PortalError::$variant(_)), "{unnamed:?}");
        )*};
    }
    check! {
        400 "InvalidRequestException" InvalidRequest
        401 "UnauthorizedException" Unauthorized
        403 "ForbiddenException" Forbidden
        404 "ResourceNotFoundException" ResourceNotFound
        429 "TooManyRequestsException" TooManyRequests
    }
    assert!(matches!(
        error(500, None, r#"{"message":"m"}"#),
        PortalError::Other(_)
    ));
    assert!(matches!(
        error(429, None, ""),
        PortalError::TooManyRequests(_)
    ));
}

#[test]
fn the_name_may_be_in_each_field_of_the_body() {
    for field in ["code", "Code", "__type", "error"] {
        let named = |status, name: &str| {
            let name = format!("com.amazonaws.sso#{name}:http://x");
            error(status, None, &format!(r#"{{"{field}":"{name}"}}"#))
        };
        assert!(
            named(401, "UnauthorizedException").is_unauthorized(),
            "{field}"
        );
        assert!(
            named(400, "UnauthorizedException").is_unauthorized(),
            "{field}"
        );
        assert!(
            named(401, "SomethingNewException").is_unauthorized(),
            "{field}"
        );
        assert!(named(403, "ForbiddenException").is_forbidden(), "{field}");
        assert!(named(400, "ThrottlingException").is_throttled(), "{field}");
        assert!(named(401, "ThrottlingException").is_throttled(), "{field}");
    }
}

#[test]
fn an_error_page_of_a_proxy_is_not_an_authorization_error() {
    for status in [400, 401, 403, 404] {
        let error = error(status, None, "<html>Blocked by your company</html>");
        assert!(matches!(error, PortalError::Other(_)), "{error:?}");
        assert!(!error.is_unauthorized() && !error.is_forbidden());
    }
}

#[test]
fn predicates_classify_errors() {
    assert!(error(401, Some("UnauthorizedException"), "").is_unauthorized());
    assert!(error(403, Some("ForbiddenException"), "").is_forbidden());
    let throttled = error(429, Some("TooManyRequestsException"), "");
    assert!(throttled.is_throttled() && throttled.is_transient());
    assert!(error(503, None, "").is_transient());
    assert!(!error(403, Some("ForbiddenException"), "").is_transient());
    assert!(!PortalError::RepeatedPage.is_transient());
}

#[test]
fn the_message_of_the_service_is_the_source() {
    let error = error(
        403,
        Some("ForbiddenException"),
        r#"{"message":"No access"}"#,
    );
    assert_eq!(error.to_string(), "access is denied");
    assert_eq!(
        error.source().unwrap().to_string(),
        "No access (ForbiddenException, status 403)"
    );
    assert_eq!(error.service_error().unwrap().status, 403);
}
