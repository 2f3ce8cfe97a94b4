//! Failures of an operation.

use sso_transport::{ServiceError, TransportError};

/// A failed operation. The first variants have the service's own names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OidcError {
    /// The user has not confirmed the device code yet.
    #[error("the sign-in is not confirmed yet")]
    AuthorizationPending(#[source] Box<ServiceError>),

    /// The client sends requests too often.
    #[error("the sign-in service asks to slow down")]
    SlowDown(#[source] Box<ServiceError>),

    /// The device code or a token has expired.
    #[error("the sign-in took too long")]
    ExpiredToken(#[source] Box<ServiceError>),

    /// The user or a policy denied the sign-in.
    #[error("the sign-in was denied")]
    AccessDenied(#[source] Box<ServiceError>),

    /// The registration is unknown or has expired.
    #[error("the client registration is not accepted")]
    InvalidClient(#[source] Box<ServiceError>),

    /// The code or the refresh token was used or revoked, or has expired.
    #[error("the code or token for the sign-in is not accepted")]
    InvalidGrant(#[source] Box<ServiceError>),

    /// The request is not valid; a wrong start URL is a frequent cause.
    #[error("the sign-in service does not accept the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// A scope is unknown or not allowed.
    #[error("a registration scope is not accepted")]
    InvalidScope(#[source] Box<ServiceError>),

    /// The client may not use this grant.
    #[error("the client may not sign in this way")]
    UnauthorizedClient(#[source] Box<ServiceError>),

    /// The service does not know this grant.
    #[error("the sign-in service does not support this way to sign in")]
    UnsupportedGrantType(#[source] Box<ServiceError>),

    /// Something in the registration is not allowed.
    #[error("the client registration was refused")]
    InvalidClientMetadata(#[source] Box<ServiceError>),

    /// The redirect URI is not allowed.
    #[error("the redirect address of the client is not accepted")]
    InvalidRedirectUri(#[source] Box<ServiceError>),

    /// The service has a fault.
    #[error("the sign-in service is in trouble")]
    InternalServer(#[source] Box<ServiceError>),

    /// A refusal that this crate does not know.
    #[error("the sign-in service refuses")]
    Other(#[source] Box<ServiceError>),

    /// There was no usable response.
    #[error("the sign-in service cannot be reached")]
    Transport(#[from] TransportError),

    /// A field of the response is not valid.
    #[error("the answer of the sign-in service has no usable {field}")]
    UnexpectedResponse {
        /// Name of the field.
        field: &'static str,
    },

    /// The operating system provides no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] std::io::Error),
}

/// A problem with the AWS KMS key that encrypts the organization's IAM Identity Center instance.
/// Its administrators have to fix it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KmsProblem {
    /// The service may not use the key.
    AccessDenied,
    /// The key does not exist.
    NotFound,
    /// The key is for another use.
    InvalidKeyUsage,
    /// The key is not ready, or is scheduled for deletion.
    InvalidState,
    /// The key is disabled.
    Disabled,
}

impl OidcError {
    /// Returns the service's refusal, if the service responded.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::AuthorizationPending(error)
            | Self::SlowDown(error)
            | Self::ExpiredToken(error)
            | Self::AccessDenied(error)
            | Self::InvalidClient(error)
            | Self::InvalidGrant(error)
            | Self::InvalidRequest(error)
            | Self::InvalidScope(error)
            | Self::UnauthorizedClient(error)
            | Self::UnsupportedGrantType(error)
            | Self::InvalidClientMetadata(error)
            | Self::InvalidRedirectUri(error)
            | Self::InternalServer(error)
            | Self::Other(error) => Some(error),
            Self::Transport(_) | Self::UnexpectedResponse { .. } | Self::Random(_) => None,
        }
    }

    /// Returns whether the same request may succeed in a moment.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            _ => self.service_error().is_some_and(ServiceError::is_transient),
        }
    }

    /// Returns the problem with the organization's AWS KMS key, if that is the cause.
    #[must_use]
    pub fn kms_problem(&self) -> Option<KmsProblem> {
        match self.service_error()?.reason.as_deref()? {
            "KMS_AccessDeniedException" => Some(KmsProblem::AccessDenied),
            "KMS_NotFoundException" => Some(KmsProblem::NotFound),
            "KMS_InvalidKeyUsageException" => Some(KmsProblem::InvalidKeyUsage),
            "KMS_InvalidStateException" => Some(KmsProblem::InvalidState),
            "KMS_DisabledException" => Some(KmsProblem::Disabled),
            _ => None,
        }
    }
}

type Variant = fn(Box<ServiceError>) -> OidcError;

/// The names of the service model, and the codes of RFC 6749 §5.2, RFC 7591 §3.2.2 and RFC 8628
/// §3.5 that stand in the bodies.
const VARIANTS: [(&str, &str, Variant); 13] = [
    (
        "AuthorizationPendingException",
        "authorization_pending",
        OidcError::AuthorizationPending,
    ),
    ("SlowDownException", "slow_down", OidcError::SlowDown),
    (
        "ExpiredTokenException",
        "expired_token",
        OidcError::ExpiredToken,
    ),
    (
        "AccessDeniedException",
        "access_denied",
        OidcError::AccessDenied,
    ),
    (
        "InvalidClientException",
        "invalid_client",
        OidcError::InvalidClient,
    ),
    (
        "InvalidGrantException",
        "invalid_grant",
        OidcError::InvalidGrant,
    ),
    (
        "InvalidRequestException",
        "invalid_request",
        OidcError::InvalidRequest,
    ),
    (
        "InvalidScopeException",
        "invalid_scope",
        OidcError::InvalidScope,
    ),
    (
        "UnauthorizedClientException",
        "unauthorized_client",
        OidcError::UnauthorizedClient,
    ),
    (
        "UnsupportedGrantTypeException",
        "unsupported_grant_type",
        OidcError::UnsupportedGrantType,
    ),
    (
        "InvalidClientMetadataException",
        "invalid_client_metadata",
        OidcError::InvalidClientMetadata,
    ),
    (
        "InvalidRedirectUriException",
        "invalid_redirect_uri",
        OidcError::InvalidRedirectUri,
    ),
    (
        "InternalServerException",
        "server_error",
        OidcError::InternalServer,
    ),
];

impl From<ServiceError> for OidcError {
    fn from(error: ServiceError) -> Self {
        let variant = VARIANTS
            .iter()
            .find(|(name, code, _)| {
                error.name.as_deref() == Some(name) || error.code.as_deref() == Some(code)
            })
            .map_or(Self::Other as Variant, |(_, _, variant)| *variant);
        variant(Box::new(error))
    }
}
