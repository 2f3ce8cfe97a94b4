//! Failures of an operation.

use sso_transport::{ServiceError, TransportError};

/// A failed operation. The first variants have the service's own names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortalError {
    /// A parameter is not valid.
    #[error("the access portal does not accept the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// The token has expired or was revoked.
    #[error("the session has ended")]
    Unauthorized(#[source] Box<ServiceError>),

    /// The user of the token is not assigned to the resource.
    #[error("access is denied")]
    Forbidden(#[source] Box<ServiceError>),

    /// The resource does not exist.
    #[error("the access portal does not know what was asked for")]
    ResourceNotFound(#[source] Box<ServiceError>),

    /// The client sends requests too often.
    #[error("the access portal asks to slow down")]
    TooManyRequests(#[source] Box<ServiceError>),

    /// A refusal that this crate does not know, or a fault of the service.
    #[error("the access portal refuses")]
    Other(#[source] Box<ServiceError>),

    /// There was no usable response.
    #[error("the access portal cannot be reached")]
    Transport(#[from] TransportError),

    /// A field of the response is not valid.
    #[error("the answer of the access portal has no usable {field}")]
    UnexpectedResponse {
        /// Name of the field.
        field: &'static str,
    },

    /// A list repeats the token of a page.
    #[error("the access portal repeats a page of a list")]
    RepeatedPage,

    /// The access token has characters that are not allowed in a header.
    #[error("the access token is malformed")]
    MalformedToken,
}

impl PortalError {
    /// Returns the service's refusal, if the service responded.
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

    /// Returns whether a new token may help.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Unauthorized(_) | Self::MalformedToken)
    }

    /// Returns whether only another assignment helps.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden(_))
    }

    /// Returns whether the service asks the client to slow down.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        matches!(self, Self::TooManyRequests(_))
    }

    /// Returns whether the same request may succeed in a moment.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            _ => self.service_error().is_some_and(ServiceError::is_transient),
        }
    }
}

impl From<ServiceError> for PortalError {
    /// Selects the variant by the error's name, then by the status. A status counts only if the
    /// response has a name or a message: the page of a proxy has a status too.
    fn from(error: ServiceError) -> Self {
        let from_service = error.name.is_some() || error.message.is_some();
        let variant = match (error.name.as_deref(), error.status) {
            (Some("InvalidRequestException"), _) => Self::InvalidRequest,
            (Some("UnauthorizedException"), _) => Self::Unauthorized,
            (Some("ForbiddenException"), _) => Self::Forbidden,
            (Some("ResourceNotFoundException"), _) => Self::ResourceNotFound,
            (Some("TooManyRequestsException"), _) | (_, 429) => Self::TooManyRequests,
            (_, 400) if from_service => Self::InvalidRequest,
            (_, 401) if from_service => Self::Unauthorized,
            (_, 403) if from_service => Self::Forbidden,
            (_, 404) if from_service => Self::ResourceNotFound,
            _ => Self::Other,
        };
        variant(Box::new(error))
    }
}
