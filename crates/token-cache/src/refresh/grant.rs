use sso_types::{ClientId, ClientSecret, RefreshToken};
use time::OffsetDateTime;

use crate::token::CachedToken;

/// The refresh token of a cached token, with the client that it was issued to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RefreshGrant<'a> {
    /// The client ID.
    pub client_id: &'a ClientId,
    /// The client secret.
    pub client_secret: &'a ClientSecret,
    /// The refresh token.
    pub refresh_token: &'a RefreshToken,
}

impl CachedToken {
    /// Returns the refresh grant, or `None` if a field is missing or the client registration has
    /// expired.
    #[must_use]
    pub fn refresh_grant(&self, now: OffsetDateTime) -> Option<RefreshGrant<'_>> {
        let is_registered = self.registration_expires_at.is_some_and(|end| end > now);
        Some(RefreshGrant {
            client_id: self.client_id.as_ref().filter(|_| is_registered)?,
            client_secret: self.client_secret.as_ref()?,
            refresh_token: self.refresh_token.as_ref()?,
        })
    }

    /// Returns true if the token has a valid [refresh grant](Self::refresh_grant).
    #[must_use]
    pub fn is_refreshable(&self, now: OffsetDateTime) -> bool {
        self.refresh_grant(now).is_some()
    }
}
