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
