//! Error responses in the format of each service.

use serde_json::{Value, json};

use crate::response::Response;
use crate::secrets;

/// Error response of the OIDC service or the access portal.
#[derive(Clone, Debug)]
pub(crate) struct ServiceError {
    pub(crate) status: u16,
    pub(crate) exception: &'static str,
    pub(crate) body: Value,
}

impl ServiceError {
    pub(crate) fn oidc(error: &str, description: &str) -> Self {
        let &(error, exception, status) = OIDC_ERRORS
            .iter()
            .find(|(name, _, _)| *name == error)
            .unwrap_or_else(|| panic!("the OIDC service has no error {error}"));
        Self {
            status,
            exception,
            body: json!({ "error": error, "error_description": description }),
        }
    }

    pub(crate) fn portal(exception: &str, message: &str) -> Self {
        let &(exception, status) = PORTAL_ERRORS
            .iter()
            .find(|(name, _)| *name == exception)
            .unwrap_or_else(|| panic!("the access portal has no error {exception}"));
        Self {
            status,
            exception,
            body: json!({ "message": message }),
        }
    }
}

impl From<ServiceError> for Response {
    fn from(error: ServiceError) -> Self {
        Self::json_text(error.status, &error.body.to_string())
            .with_header("x-amzn-ErrorType", error.exception)
    }
}

/// Error response of STS, in XML.
#[derive(Clone, Debug)]
pub(crate) struct StsError {
    code: &'static str,
    status: u16,
    message: String,
}

impl StsError {
    pub(crate) fn new(code: &str, message: &str) -> Self {
        let &(code, status) = STS_ERRORS
            .iter()
            .find(|(name, _)| *name == code)
            .unwrap_or_else(|| panic!("STS has no error {code}"));
        Self {
            code,
            status,
            message: message.to_owned(),
        }
    }
}

impl From<StsError> for Response {
    fn from(error: StsError) -> Self {
        let StsError {
            code,
            status,
            message,
        } = error;
        let error_type = if status < 500 { "Sender" } else { "Receiver" };
        Self::xml(
            status,
            &format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
                 <Type>{error_type}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>{}</RequestId></ErrorResponse>",
                secrets::random_hex()
            ),
        )
    }
}

/// `error`, exception and status, from the service model of `sso-oidc`.
const OIDC_ERRORS: [(&str, &str, u16); 14] = [
    ("access_denied", "AccessDeniedException", 400),
    (
        "authorization_pending",
        "AuthorizationPendingException",
        400,
    ),
    ("expired_token", "ExpiredTokenException", 400),
    ("invalid_client", "InvalidClientException", 401),
    (
        "invalid_client_metadata",
        "InvalidClientMetadataException",
        400,
    ),
    ("invalid_grant", "InvalidGrantException", 400),
    ("invalid_redirect_uri", "InvalidRedirectUriException", 400),
    ("invalid_request", "InvalidRequestException", 400),
    ("invalid_scope", "InvalidScopeException", 400),
    ("server_error", "InternalServerException", 500),
    ("slow_down", "SlowDownException", 400),
    ("temporarily_unavailable", "InternalServerException", 500),
    ("unauthorized_client", "UnauthorizedClientException", 400),
    (
        "unsupported_grant_type",
        "UnsupportedGrantTypeException",
        400,
    ),
];

/// Exception and status, from the service model of `sso` and AWS's common errors.
const PORTAL_ERRORS: [(&str, u16); 8] = [
    ("ForbiddenException", 403),
    ("InternalFailure", 500),
    ("InvalidRequestException", 400),
    ("ResourceNotFoundException", 404),
    ("ServiceUnavailable", 503),
    ("TooManyRequestsException", 429),
    ("UnauthorizedException", 401),
    ("UnknownOperationException", 404),
];

/// Code and status, from the service model of `sts` and AWS's common errors.
const STS_ERRORS: [(&str, u16); 12] = [
    ("AccessDenied", 403),
    ("ExpiredToken", 403),
    ("IncompleteSignature", 400),
    ("InternalFailure", 500),
    ("InvalidAction", 400),
    ("InvalidClientTokenId", 403),
    ("MissingAuthenticationToken", 403),
    ("RegionDisabledException", 403),
    ("ServiceUnavailable", 503),
    ("SignatureDoesNotMatch", 403),
    ("Throttling", 400),
    ("ValidationError", 400),
];
