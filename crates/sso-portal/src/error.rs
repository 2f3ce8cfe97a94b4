//! Why an operation failed.

use sso_transport::{ServiceError, TransportError};

/// An operation that failed. The first variants bear the names that the service gives.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortalError {
    /// A parameter is wrong.
    #[error("the access portal does not accept the request")]
    InvalidRequest(#[source] Box<ServiceError>),

    /// The token has ended or was revoked.
    #[error("the session has ended")]
    Unauthorized(#[source] Box<ServiceError>),

    /// The token's owner is not assigned to this.
    #[error("access is denied")]
    Forbidden(#[source] Box<ServiceError>),

    /// There is no such thing.
    #[error("the access portal does not know what was asked for")]
    ResourceNotFound(#[source] Box<ServiceError>),

    /// The client asks too often.
    #[error("the access portal asks to slow down")]
    TooManyRequests(#[source] Box<ServiceError>),

    /// The service refuses for a reason that this crate does not know, or is in trouble.
    #[error("the access portal refuses")]
    Other(#[source] Box<ServiceError>),

    /// There was no usable answer.
    #[error("the access portal cannot be reached")]
    Transport(#[from] TransportError),

    /// A part of the answer makes no sense.
    #[error("the answer of the access portal has no usable {field}")]
    UnexpectedAnswer {
        /// Which part.
        field: &'static str,
    },

    /// A list names a page as the next one that it named before.
    #[error("the access portal repeats a page of a list")]
    RepeatedPage,

    /// The access token has characters that no token has.
    #[error("the access token is malformed")]
    MalformedToken,
}

impl PortalError {
    /// Returns what the service said, where it said something.
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
            | Self::UnexpectedAnswer { .. }
            | Self::RepeatedPage
            | Self::MalformedToken => None,
        }
    }

    /// Whether a new token may help.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Unauthorized(_) | Self::MalformedToken)
    }

    /// Whether only another assignment helps.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden(_))
    }

    /// Whether the service asks to slow down.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        matches!(self, Self::TooManyRequests(_))
    }

    /// Whether the same request may well succeed in a moment.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            _ => self.service_error().is_some_and(ServiceError::is_transient),
        }
    }
}

impl From<ServiceError> for PortalError {
    /// Goes by the error's name, then by the status. A status alone is not trusted where nothing
    /// else looks like the service: a proxy's page has one too.
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
