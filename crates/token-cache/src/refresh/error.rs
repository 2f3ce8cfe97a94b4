use std::time::Duration;

use crate::error::CacheError;

/// Error of the request of a refresh.
pub trait RequestError: From<CacheError> {
    /// Returns the pause that the service requests before the next request, if it requests one.
    fn retry_after(&self) -> Option<Duration>;
}

impl RequestError for CacheError {
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

/// An error of [`refresh`](crate::refresh::refresh).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError<E> {
    /// No token is cached.
    #[error("no token is cached")]
    NotCached,
    /// The cached token has no refresh token or no valid client registration.
    #[error("the cached token cannot be refreshed")]
    NotRefreshable,
    /// The service rejected the refresh token, and no other process has replaced the cached token.
    #[error("the session has ended")]
    SessionEnded,
    /// A step failed. The cached token is unchanged.
    #[error(transparent)]
    Failed(#[from] E),
}
