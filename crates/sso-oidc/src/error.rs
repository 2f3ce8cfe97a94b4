//! Why an operation failed.

use sso_transport::{ServiceError, TransportError};

/// An operation that failed. The first variants bear the names that the service gives.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OidcError {
    /// Nobody has confirmed the device code yet.
    #[error("the sign-in is not confirmed yet")]
    AuthorizationPending(#[source] Box<ServiceError>),

    /// The client asks too often.
    #[error("the sign-in service asks to slow down")]
    SlowDown(#[source] Box<ServiceError>),

    /// The device code, or a token, has ended.
    #[error("the sign-in took too long")]
    ExpiredToken(#[source] Box<ServiceError>),

    /// Somebody or something said no.
    #[error("the sign-in was denied")]
    AccessDenied(#[source] Box<ServiceError>),

    /// The registration is unknown or has ended.
    #[error("the client registration is not accepted")]
    InvalidClient(#[source] Box<ServiceError>),

    /// The code or the refresh token was used, was revoked or has ended.
    #[error("the code or token for the sign-in is not accepted")]
    InvalidGrant(#[source] Box<ServiceError>),

    /// The service cannot make sense of the request; a wrong start URL is a usual cause.
    #[error("the sign-in service does not accept the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// A scope is not known or not allowed.
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

    /// The address for the browser to come back to is not allowed.
    #[error("the redirect address of the client is not accepted")]
    InvalidRedirectUri(#[source] Box<ServiceError>),

    /// The service is in trouble.
    #[error("the sign-in service is in trouble")]
    InternalServer(#[source] Box<ServiceError>),

    /// The service refuses for a reason that this crate does not know.
    #[error("the sign-in service refuses")]
    Other(#[source] Box<ServiceError>),

    /// There was no usable answer.
    #[error("the sign-in service cannot be reached")]
    Transport(#[from] TransportError),

    /// A part of the answer makes no sense.
    #[error("the answer of the sign-in service has no usable {field}")]
    UnexpectedAnswer {
        /// Which part.
        field: &'static str,
    },

    /// The system has no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] std::io::Error),
}

/// What is wrong with the key of the organisation that encrypts its Identity Center instance, a
/// matter for its administrators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyProblem {
    /// The service may not use it.
    AccessDenied,
    /// There is no such key.
    NotFound,
    /// It is made for something else.
    InvalidKeyUsage,
    /// It is not ready, or to be deleted.
    InvalidState,
    /// It is switched off.
    Disabled,
}

impl OidcError {
    /// Returns what the service said, where it said something.
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
            Self::Transport(_) | Self::UnexpectedAnswer { .. } | Self::Random(_) => None,
        }
    }

    /// Whether the same request may well succeed in a moment.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            _ => self.service_error().is_some_and(ServiceError::is_transient),
        }
    }

    /// Returns what is wrong with the key of the organisation, where that is the cause.
    #[must_use]
    pub fn key_problem(&self) -> Option<KeyProblem> {
        match self.service_error()?.reason.as_deref()? {
            "KMS_AccessDeniedException" => Some(KeyProblem::AccessDenied),
            "KMS_NotFoundException" => Some(KeyProblem::NotFound),
            "KMS_InvalidKeyUsageException" => Some(KeyProblem::InvalidKeyUsage),
            "KMS_InvalidStateException" => Some(KeyProblem::InvalidState),
            "KMS_DisabledException" => Some(KeyProblem::Disabled),
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
