use crate::token::CachedToken;

/// Response of the service to the request of a refresh.
#[derive(Clone, Debug)]
pub enum RefreshResponse<E> {
    /// A new token. If the response contains no refresh token, the previous one stays valid.
    Issued(CachedToken),
    /// A response without a valid access token, but with a new refresh token.
    Incomplete {
        /// The previous token with the new refresh token, which is saved in its place.
        token: CachedToken,
        /// Error of the refresh.
        error: E,
    },
    /// A permanent rejection of the refresh token or the client.
    Rejected,
}

impl<E> From<Option<CachedToken>> for RefreshResponse<E> {
    /// `None` is a rejection.
    fn from(issued: Option<CachedToken>) -> Self {
        issued.map_or(Self::Rejected, Self::Issued)
    }
}
