//! Errors of the URLs and of the request.

use sso_transport::{ServiceError, TransportError};

/// Error of a destination in the console.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DestinationError {
    /// The URL is not one of the console of the partition.
    #[error("invalid destination URL: {reason}")]
    InvalidUrl {
        /// Reason, as a main clause.
        reason: String,
    },

    /// The domain of the console is not published.
    #[error("the URL of the AWS console in the partition {partition} is not known")]
    UnknownConsole {
        /// Name of the partition.
        partition: &'static str,
    },
}

/// Error of a shortcut link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShortcutError {
    /// The start URL cannot be opened in a browser. The error does not contain it.
    #[error("a start URL begins with https:// and contains no user name and no password")]
    InvalidStartUrl,

    /// The account ID does not have 12 digits.
    #[error("an account ID has 12 digits")]
    InvalidAccountId,
}

/// Error of a `getSigninToken` request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FederationError {
    /// The credentials are invalid, have expired, or may not be used for the console, or the duration
    /// is not allowed for them. The endpoint does not tell which.
    #[error("the federation endpoint rejected the credentials or the duration")]
    Rejected(#[source] Box<ServiceError>),

    /// The client sends requests too often.
    #[error("the federation endpoint is throttling requests")]
    Throttled(#[source] Box<ServiceError>),

    /// An error response that no other variant represents, such as an internal error.
    #[error("the federation endpoint returned an error")]
    Other(#[source] Box<ServiceError>),

    /// There was no valid response.
    #[error("no valid response from the federation endpoint")]
    Transport(#[from] TransportError),

    /// A field of the response is not valid.
    #[error("the response of the federation endpoint has no valid {field}")]
    UnexpectedResponse {
        /// Name of the field.
        field: &'static str,
    },
}

impl FederationError {
    /// Returns the service's error response, if there was one.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::Rejected(error) | Self::Throttled(error) | Self::Other(error) => Some(error),
            Self::Transport(_) | Self::UnexpectedResponse { .. } => None,
        }
    }

    /// Returns whether other credentials or another duration are needed.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        matches!(self, Self::Rejected(_))
    }
}

impl From<ServiceError> for FederationError {
    fn from(error: ServiceError) -> Self {
        let variant = match error.status {
            _ if error.is_throttling() => Self::Throttled,
            400 | 401 | 403 => Self::Rejected,
            _ => Self::Other,
        };
        variant(Box::new(error))
    }
}
