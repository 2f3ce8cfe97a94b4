//! Errors of the operations.

use std::time::Duration;

use sso_transport::{ServiceError, TransportError};
use sso_types::RefreshToken;

/// Error of an operation. Most variants have the names of the service's errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OidcError {
    /// The user has not approved the device code yet.
    #[error("the sign-in has not been approved yet")]
    AuthorizationPending(#[source] Box<ServiceError>),

    /// The client sends requests too often.
    #[error("the sign-in service is throttling requests")]
    SlowDown(#[source] Box<ServiceError>),

    /// The device code or a token has expired.
    #[error("the device code or token has expired")]
    ExpiredToken(#[source] Box<ServiceError>),

    /// The user or a policy denied the sign-in.
    #[error("the sign-in was denied")]
    AccessDenied(#[source] Box<ServiceError>),

    /// The client registration is unknown or has expired.
    #[error("the client registration is invalid or has expired")]
    InvalidClient(#[source] Box<ServiceError>),

    /// The code or refresh token was already used, was revoked, or has expired.
    #[error("the code or refresh token is invalid or has expired")]
    InvalidGrant(#[source] Box<ServiceError>),

    /// The request is invalid, often because of a wrong start URL.
    #[error("the sign-in service rejected the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// A scope is unknown or not allowed.
    #[error("a registration scope is not valid")]
    InvalidScope(#[source] Box<ServiceError>),

    /// The client is not authorized to use this grant.
    #[error("the client is not authorized to use this grant type")]
    UnauthorizedClient(#[source] Box<ServiceError>),

    /// The service does not support this grant.
    #[error("the sign-in service does not support this grant type")]
    UnsupportedGrantType(#[source] Box<ServiceError>),

    /// The client metadata is not allowed.
    #[error("the client metadata is not valid")]
    InvalidClientMetadata(#[source] Box<ServiceError>),

    /// The redirect URI is not allowed.
    #[error("the redirect URI is not allowed")]
    InvalidRedirectUri(#[source] Box<ServiceError>),

    /// The service failed with an internal error.
    #[error("the sign-in service failed with an internal error")]
    InternalServer(#[source] Box<ServiceError>),

    /// An error response that no other variant represents.
    #[error("the sign-in service returned an error")]
    Other(#[source] Box<ServiceError>),

    /// There was no valid response.
    #[error("no valid response from the sign-in service")]
    Transport(#[from] TransportError),

    /// A field of the response is not valid.
    #[error("the sign-in service's response has no valid {field}")]
    UnexpectedResponse {
        /// Name of the field.
        field: &'static str,
    },

    /// A response to `CreateToken` contains no valid access token.
    #[error(
        "the sign-in service's response has no valid {field}",
        field = "accessToken"
    )]
    NoAccessToken {
        /// Refresh token of the response, if any. It replaces the one that the request has used.
        refresh_token: Option<RefreshToken>,
    },

    /// The operating system provides no random numbers.
    #[error("cannot get random numbers from the operating system")]
    Random(#[source] std::io::Error),
}

/// Problem with the AWS KMS key that encrypts the IAM Identity Center instance. An administrator
/// must fix it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KmsProblem {
    /// The service is not allowed to use the key.
    AccessDenied,
    /// The key does not exist.
    NotFound,
    /// The key has the wrong key usage.
    InvalidKeyUsage,
    /// The key is not ready, or is scheduled for deletion.
    InvalidState,
    /// The key is disabled.
    Disabled,
    /// Another problem, which a newer version of the service reports.
    Other,
}

impl OidcError {
    /// Returns the service's error response, if there was one.
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
            Self::Transport(_)
            | Self::UnexpectedResponse { .. }
            | Self::NoAccessToken { .. }
            | Self::Random(_) => None,
        }
    }

    /// Returns the pause that the service requests before the next request.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.service_error()?.retry_after
    }

    /// Returns whether a retry of the same request may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            _ => self.service_error().is_some_and(ServiceError::is_transient),
        }
    }

    /// Returns whether the service refused the grant or the client, so that only a sign-in, or another
    /// client, can help: any status 4xx, whatever its error code.
    ///
    /// Throttling and other [transient](Self::is_transient) errors are not refusals, nor is a problem
    /// with the AWS KMS key, which a sign-in would meet as well. A poll for a device code must first
    /// handle [`AuthorizationPending`](Self::AuthorizationPending), which is a refusal of any other
    /// request.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !self.is_transient()
            && self.kms_problem().is_none()
            && self.service_error().is_some_and(is_client_error)
    }

    /// Returns whether the service calls a fault temporary with a status 4xx, other than throttling. The
    /// status says that the request is at fault, so the fault may last.
    #[must_use]
    pub fn may_be_refusal(&self) -> bool {
        let is_fault = |error: &ServiceError| {
            is_client_error(error) && error.is_transient() && !error.is_throttling()
        };
        self.kms_problem().is_none() && self.service_error().is_some_and(is_fault)
    }

    /// Returns the problem with the AWS KMS key, if that is the cause of the error.
    #[must_use]
    pub fn kms_problem(&self) -> Option<KmsProblem> {
        match self.service_error()?.reason.as_deref()? {
            "KMS_AccessDeniedException" => Some(KmsProblem::AccessDenied),
            "KMS_NotFoundException" => Some(KmsProblem::NotFound),
            "KMS_InvalidKeyUsageException" => Some(KmsProblem::InvalidKeyUsage),
            "KMS_InvalidStateException" => Some(KmsProblem::InvalidState),
            "KMS_DisabledException" => Some(KmsProblem::Disabled),
            reason if reason.starts_with("KMS") => Some(KmsProblem::Other),
            _ => None,
        }
    }
}

fn is_client_error(error: &ServiceError) -> bool {
    (400..500).contains(&error.status)
}

type Variant = fn(Box<ServiceError>) -> OidcError;

/// Error names in the service model, and error codes in response bodies (RFC 6749 §5.2, RFC 7591
/// §3.2.2, RFC 8628 §3.5).
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
                let mut own_names = error.name.iter().chain(&error.code);
                own_names.any(|own_name| own_name == name || own_name == code)
            })
            .map(|(_, _, variant)| *variant);
        let unnamed: Variant = if error.is_throttling() {
            Self::SlowDown
        } else {
            Self::Other
        };
        let variant = variant.unwrap_or(unnamed);
        variant(Box::new(error))
    }
}
