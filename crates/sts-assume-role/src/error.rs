//! Why a role could not be taken on.

use sso_transport::{ServiceError, TransportError};

/// A role that could not be taken on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StsError {
    /// The owner of the keys may not take on the role, or not in this manner: the role's trust
    /// policy, the external ID, the code of the MFA device.
    #[error("access is denied")]
    AccessDenied(#[source] Box<ServiceError>),

    /// The keys are unknown, have ended, or are not the ones that the request was signed with.
    #[error("the source credentials are not accepted")]
    InvalidKeys(#[source] Box<ServiceError>),

    /// A parameter is wrong: the form of the ARN, a span that is too long for the role.
    #[error("STS does not accept the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// STS is not active in this Region for the account.
    #[error("STS is not active in this Region")]
    RegionDisabled(#[source] Box<ServiceError>),

    /// The client asks too often.
    #[error("STS asks to slow down")]
    Throttled(#[source] Box<ServiceError>),

    /// The service refuses for a reason that this crate does not know, or is in trouble.
    #[error("STS refuses")]
    Other(#[source] Box<ServiceError>),

    /// There was no usable answer.
    #[error("STS cannot be reached")]
    Transport(#[from] TransportError),

    /// A part of the answer makes no sense.
    #[error("the answer of STS has no usable {field}")]
    UnexpectedAnswer {
        /// Which part.
        field: &'static str,
    },

    /// The keys have characters that no keys have.
    #[error("the source credentials are malformed")]
    MalformedKeys,
}

impl StsError {
    /// Returns what the service said, where it said something.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::AccessDenied(error)
            | Self::InvalidKeys(error)
            | Self::InvalidRequest(error)
            | Self::RegionDisabled(error)
            | Self::Throttled(error)
            | Self::Other(error) => Some(error),
            Self::Transport(_) | Self::UnexpectedAnswer { .. } | Self::MalformedKeys => None,
        }
    }

    /// Whether the role's trust policy, or what goes with it, has to change.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        matches!(self, Self::AccessDenied(_))
    }

    /// Whether other source credentials may help.
    #[must_use]
    pub fn is_invalid_keys(&self) -> bool {
        matches!(self, Self::InvalidKeys(_) | Self::MalformedKeys)
    }

    /// Whether the same request may well succeed in a moment.
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
    /// Goes by the error's name: the service's model and the common errors of AWS's query
    /// services have one status for many.
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
