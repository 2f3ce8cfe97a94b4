//! Errors of requests to STS.

use sso_transport::{ServiceError, TransportError};

/// Error of a request to STS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StsError {
    /// The keys do not allow the request. For `AssumeRole`, possible causes are the caller's
    /// permissions, the role's trust policy, the external ID and the MFA code.
    #[error("access is denied")]
    AccessDenied(#[source] Box<ServiceError>),

    /// The keys are unknown or have expired, or the signature does not match.
    #[error("the credentials are invalid or have expired")]
    InvalidKeys(#[source] Box<ServiceError>),

    /// A parameter is invalid, such as a malformed ARN, or a duration above the role's maximum.
    #[error("STS rejected the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// STS is not active in this Region for the account.
    #[error("STS is not active in this Region")]
    RegionDisabled(#[source] Box<ServiceError>),

    /// The client sends requests too often.
    #[error("STS is throttling requests")]
    Throttled(#[source] Box<ServiceError>),

    /// An error response that no other variant represents, such as an internal error.
    #[error("STS returned an error")]
    Other(#[source] Box<ServiceError>),

    /// There was no valid response.
    #[error("no valid response from STS")]
    Transport(#[from] TransportError),

    /// A field of the response is not valid.
    #[error("the STS response has no valid {field}")]
    UnexpectedResponse {
        /// Name of the field.
        field: &'static str,
    },

    /// The keys contain characters that are not allowed in a header.
    #[error("the credentials are malformed")]
    MalformedKeys,
}

impl StsError {
    /// Returns the service's error response, if there was one.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::AccessDenied(error)
            | Self::InvalidKeys(error)
            | Self::InvalidRequest(error)
            | Self::RegionDisabled(error)
            | Self::Throttled(error)
            | Self::Other(error) => Some(error),
            Self::Transport(_) | Self::UnexpectedResponse { .. } | Self::MalformedKeys => None,
        }
    }

    /// Returns whether the keys do not allow the request.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        matches!(self, Self::AccessDenied(_))
    }

    /// Returns whether other credentials are needed.
    #[must_use]
    pub fn is_invalid_keys(&self) -> bool {
        matches!(self, Self::InvalidKeys(_) | Self::MalformedKeys)
    }

    /// Returns whether a retry of the same request may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            Self::Throttled(_) => true,
            _ => self.service_error().is_some_and(ServiceError::is_transient),
        }
    }
}

impl From<ServiceError> for StsError {
    /// Selects the variant by the error's name, because many errors have the same status. The names
    /// are from the service model and from the common errors of AWS query services.
    fn from(error: ServiceError) -> Self {
        let is_throttling = error.is_throttling();
        let variant = match error.name.as_deref() {
            Some("AccessDenied" | "AccessDeniedException") => Self::AccessDenied,
            Some(
                "ExpiredToken"
                | "ExpiredTokenException"
                | "InvalidClientTokenId"
                | "SignatureDoesNotMatch"
                | "IncompleteSignature"
                | "RequestExpired"
                | "UnrecognizedClientException"
                | "AuthFailure"
                | "InvalidAccessKeyId"
                | "InvalidSecurity"
                | "InvalidToken"
                | "TokenRefreshRequired",
            ) => Self::InvalidKeys,
            Some(
                "ValidationError"
                | "ValidationException"
                | "InvalidParameterValue"
                | "MissingParameter"
                | "MalformedPolicyDocument"
                | "PackedPolicyTooLarge",
            ) => Self::InvalidRequest,
            Some("RegionDisabledException") => Self::RegionDisabled,
            _ if is_throttling => Self::Throttled,
            _ => Self::Other,
        };
        variant(Box::new(error))
    }
}
