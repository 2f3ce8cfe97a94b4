//! The token of a sign-in.

use std::path::PathBuf;

use locked_file::Durability;
use sso_types::{AccessToken, ClientId, ClientSecret, RefreshToken, Region, StartUrl};
use time::OffsetDateTime;

use crate::TokenCache;
use crate::entry::Stored;
use crate::error::Damage;
use crate::fields::Fields;

/// The token of an sso-session or of a legacy profile, with the client registration that it was
/// issued to. Other tools leave out whatever is optional here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedToken {
    /// The start URL that was signed in to, as written in the config.
    pub start_url: Option<StartUrl>,
    /// The region that was signed in to.
    pub region: Option<Region>,
    /// What to show to the access portal.
    pub access_token: AccessToken,
    /// The end of the access token.
    pub expires_at: OffsetDateTime,
    /// The client that it was issued to.
    pub client_id: Option<ClientId>,
    /// The secret of that client.
    pub client_secret: Option<ClientSecret>,
    /// The end of that client's registration.
    pub registration_expires_at: Option<OffsetDateTime>,
    /// What obtains the next token, where the service gave it.
    pub refresh_token: Option<RefreshToken>,
}

/// What a refresh needs of a token.
#[derive(Clone, Copy, Debug)]
pub struct Renewal<'a> {
    /// The client.
    pub client_id: &'a ClientId,
    /// Its secret.
    pub client_secret: &'a ClientSecret,
    /// What is exchanged for the next token.
    pub refresh_token: &'a RefreshToken,
}

impl CachedToken {
    /// Returns what a refresh needs, where all of it is there and the registration has not
    /// ended.
    #[must_use]
    pub fn renewal(&self, now: OffsetDateTime) -> Option<Renewal<'_>> {
        let is_registered = self.registration_expires_at.is_some_and(|end| end > now);
        Some(Renewal {
            client_id: self.client_id.as_ref().filter(|_| is_registered)?,
            client_secret: self.client_secret.as_ref()?,
            refresh_token: self.refresh_token.as_ref()?,
        })
    }
}

impl Stored for CachedToken {
    const DURABILITY: Durability = Durability::Synced;

    fn folder(cache: &TokenCache) -> &PathBuf {
        cache.sso_folder()
    }

    fn take_from(fields: &mut Fields) -> Result<Self, Damage> {
        Ok(Self {
            start_url: fields.take("startUrl")?,
            region: fields.take("region")?,
            access_token: fields.require("accessToken")?,
            expires_at: fields.require_time("expiresAt")?,
            client_id: fields.take("clientId")?,
            client_secret: fields.take("clientSecret")?,
            registration_expires_at: fields.take_time("registrationExpiresAt")?,
            refresh_token: fields.take("refreshToken")?,
        })
    }

    fn put_into(&self, fields: &mut Fields) {
        fields.put_some("startUrl", self.start_url.as_ref().map(StartUrl::as_str));
        fields.put_some("region", self.region.as_ref().map(Region::as_str));
        fields.put("accessToken", self.access_token.expose());
        fields.put_time("expiresAt", self.expires_at);
        fields.put_some("clientId", self.client_id.as_ref().map(ClientId::as_str));
        fields.put_some(
            "clientSecret",
            self.client_secret.as_ref().map(ClientSecret::expose),
        );
        if let Some(end) = self.registration_expires_at {
            fields.put_time("registrationExpiresAt", end);
        }
        fields.put_some(
            "refreshToken",
            self.refresh_token.as_ref().map(RefreshToken::expose),
        );
    }
}
