use sso_types::{ClientId, ClientSecret, RefreshToken};
use time::OffsetDateTime;

use crate::scan::StoredToken;
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
    /// expired. If its expiration is unknown, the service decides.
    #[must_use]
    pub fn refresh_grant(&self, now: OffsetDateTime) -> Option<RefreshGrant<'_>> {
        RefreshGrant::new(
            self.registration_expires_at.is_none_or(|end| end > now),
            self.client_id.as_ref(),
            self.client_secret.as_ref(),
            self.refresh_token.as_ref(),
        )
    }

    /// Returns true if the token has a valid [refresh grant](Self::refresh_grant).
    #[must_use]
    pub fn is_refreshable(&self, now: OffsetDateTime) -> bool {
        self.refresh_grant(now).is_some()
    }
}

impl StoredToken {
    /// Returns the refresh grant like [`CachedToken::refresh_grant`].
    #[must_use]
    pub fn refresh_grant(&self, now: OffsetDateTime) -> Option<RefreshGrant<'_>> {
        RefreshGrant::new(
            self.registration_expires_at.is_none_or(|end| end > now),
            self.client_id.as_ref(),
            self.client_secret.as_ref(),
            self.refresh_token.as_ref(),
        )
    }
}

impl<'a> RefreshGrant<'a> {
    fn new(
        is_registered: bool,
        client_id: Option<&'a ClientId>,
        client_secret: Option<&'a ClientSecret>,
        refresh_token: Option<&'a RefreshToken>,
    ) -> Option<Self> {
        Some(Self {
            client_id: client_id.filter(|_| is_registered)?,
            client_secret: client_secret?,
            refresh_token: refresh_token?,
        })
    }
}
