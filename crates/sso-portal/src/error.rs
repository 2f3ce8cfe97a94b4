//! Errors of the operations.

use sso_transport::{ServiceError, TransportError};

/// Error of an operation. The first variants have the names of the service's errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortalError {
    /// A parameter is invalid.
    #[error("the access portal rejected the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// The access token has expired or was revoked.
    #[error("the access token has expired or was revoked")]
    Unauthorized(#[source] Box<ServiceError>),

    /// The user has no assignment for the account or role.
    #[error("access is denied")]
    Forbidden(#[source] Box<ServiceError>),

    /// The resource does not exist.
    #[error("the requested resource does not exist")]
    ResourceNotFound(#[source] Box<ServiceError>),

    /// The client sends requests too often.
    #[error("the access portal is throttling requests")]
    TooManyRequests(#[source] Box<ServiceError>),

    /// An error response that no other variant represents, such as an internal error.
    #[error("the access portal returned an error")]
    Other(#[source] Box<ServiceError>),

    /// There was no valid response.
    #[error("no valid response from the access portal")]
    Transport(#[from] TransportError),

    /// A field of the response is not valid.
    #[error("the access portal's response has no valid {field}")]
    UnexpectedResponse {
        /// Name of the field.
        field: &'static str,
    },

    /// Two pages of a list have the same token for the next page.
    #[error("the access portal returned the same page token twice")]
    RepeatedPage,

    /// The access token contains characters that are not allowed in a header.
    #[error("the access token is malformed")]
    MalformedToken,
}

impl PortalError {
    /// Returns the service's error response, if there was one.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::InvalidRequest(error)
            | Self::Unauthorized(error)
            | Self::Forbidden(error)
            | Self::ResourceNotFound(error)
            | Self::TooManyRequests(error)
            | Self::Other(error) => Some(error),
            Self::Transport(_)
            | Self::UnexpectedResponse { .. }
            | Self::RepeatedPage
            | Self::MalformedToken => None,
        }
    }

    /// Returns whether a new access token is needed.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Unauthorized(_) | Self::MalformedToken)
    }

    /// Returns whether the user has no assignment for the account or role.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden(_))
    }

    /// Returns whether the service is throttling requests.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        matches!(self, Self::TooManyRequests(_))
    }

    /// Returns whether a retry of the same request may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            _ => self.service_error().is_some_and(ServiceError::is_transient),
        }
    }
}

impl From<ServiceError> for PortalError {
    /// Selects the variant by the error's name, then by the status. Ignores the status, except 429,
    /// of a response without a name, code or message, which may be from a proxy.
    fn from(error: ServiceError) -> Self {
        let name = error.name.as_ref().or(error.code.as_ref());
        let from_service = name.is_some() || error.message.is_some();
        let is_throttling = error.is_throttling();
        let variant = match (name.map(String::as_str), error.status) {
            (Some("InvalidRequestException"), _) => Self::InvalidRequest,
            (Some("UnauthorizedException"), _) => Self::Unauthorized,
            (Some("ForbiddenException"), _) => Self::Forbidden,
            (Some("ResourceNotFoundException"), _) => Self::ResourceNotFound,
            _ if is_throttling => Self::TooManyRequests,
            (_, 400) if from_service => Self::InvalidRequest,
            (_, 401) if from_service => Self::Unauthorized,
            (_, 403) if from_service => Self::Forbidden,
            (_, 404) if from_service => Self::ResourceNotFound,
            _ => Self::Other,
        };
        variant(Box::new(error))
    }
}
