//! Failures to assume a role.

use sso_transport::{ServiceError, TransportError};

/// A failed request to assume a role.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StsError {
    /// The owner of the keys may not assume the role, or not with these parameters: the cause is the
    /// role's trust policy, the external ID or the MFA code.
    #[error("access is denied")]
    AccessDenied(#[source] Box<ServiceError>),

    /// The keys are unknown or have expired, or the signature does not match.
    #[error("the source credentials are not accepted")]
    InvalidKeys(#[source] Box<ServiceError>),

    /// A parameter is not valid, such as a malformed ARN or a duration that is too long for the role.
    #[error("STS does not accept the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// STS is not active in this Region for the account.
    #[error("STS is not active in this Region")]
    RegionDisabled(#[source] Box<ServiceError>),

    /// The client sends requests too often.
    #[error("STS asks to slow down")]
    Throttled(#[source] Box<ServiceError>),

    /// A refusal that this crate does not know, or a fault of the service.
    #[error("STS refuses")]
    Other(#[source] Box<ServiceError>),

    /// There was no usable response.
    #[error("STS cannot be reached")]
    Transport(#[from] TransportError),

    /// A field of the response is not valid.
    #[error("the answer of STS has no usable {field}")]
    UnexpectedResponse {
        /// Name of the field.
        field: &'static str,
    },

    /// The keys have characters that are not allowed in a header.
    #[error("the source credentials are malformed")]
    MalformedKeys,
}

impl StsError {
    /// Returns the service's refusal, if the service responded.
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

    /// Returns whether the role's trust policy or the parameters that it requires have to change.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        matches!(self, Self::AccessDenied(_))
    }

    /// Returns whether other source credentials may help.
    #[must_use]
    pub fn is_invalid_keys(&self) -> bool {
        matches!(self, Self::InvalidKeys(_) | Self::MalformedKeys)
    }

    /// Returns whether the same request may succeed in a moment.
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
    /// Selects the variant by the error's name, since many errors of the service's model and of
    /// AWS's query services have the same status.
    fn from(error: ServiceError) -> Self {
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
                | "AuthFailure",
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
            Some("Throttling" | "ThrottlingException" | "RequestLimitExceeded") => Self::Throttled,
            _ if error.status == 429 => Self::Throttled,
            _ => Self::Other,
        };
        variant(Box::new(error))
    }
}
