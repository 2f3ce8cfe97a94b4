use locked_file::Durability;
use sha1::{Digest as _, Sha1};
use sso_types::{AccessToken, ClientId, ClientSecret, RefreshToken, Region, StartUrl, hex};
use time::OffsetDateTime;

use crate::entry::{Directory, Entry, EntryFormat};
use crate::error::Corruption;
use crate::fields::Fields;

/// The token of an SSO session or of a legacy profile, with its client registration. The optional
/// fields may be missing in files of other tools. One of the wrong type or form counts as missing,
/// because only the access token and its expiration decide whether a token can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedToken {
    /// The start URL, as written in the config.
    pub start_url: Option<StartUrl>,
    /// The SSO Region.
    pub region: Option<Region>,
    /// The access token for the access portal.
    pub access_token: AccessToken,
    /// The expiration of the access token.
    pub expires_at: OffsetDateTime,
    /// The ID of the client that the token was issued to.
    pub client_id: Option<ClientId>,
    /// The secret of that client.
    pub client_secret: Option<ClientSecret>,
    /// The expiration of that client's registration.
    pub registration_expires_at: Option<OffsetDateTime>,
    /// The refresh token, if the service issued one.
    pub refresh_token: Option<RefreshToken>,
}

impl CachedToken {
    /// Returns true if `found`, the cached token, has the access token of this one. If it has not, a tool
    /// without locks has removed or replaced this token.
    #[must_use]
    pub fn is_still_cached(&self, found: Option<&Self>) -> bool {
        found.is_some_and(|found| found.access_token == self.access_token)
    }

    /// Returns the SHA-1 of the access token in hexadecimal digits. State files that depend on a
    /// token contain it in place of the token.
    #[must_use]
    pub fn digest(&self) -> String {
        access_token_digest(&self.access_token)
    }
}

pub(crate) fn access_token_digest(access_token: &AccessToken) -> String {
    hex::encode(&Sha1::digest(access_token.expose()))
}

impl Entry for CachedToken {}

impl EntryFormat for CachedToken {
    const DURABILITY: Durability = Durability::Synced;
    const DIRECTORY: Directory = Directory::Sso;

    fn take_from(fields: &mut Fields) -> Result<Self, Corruption> {
        Ok(Self {
            start_url: fields.take("startUrl"),
            region: fields.take("region"),
            access_token: fields.require("accessToken")?,
            expires_at: fields.require_time("expiresAt")?,
            client_id: fields.take("clientId"),
            client_secret: fields.take("clientSecret"),
            registration_expires_at: fields.take_time("registrationExpiresAt"),
            refresh_token: fields.take("refreshToken"),
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
