use locked_file::Durability;
use sso_types::{ClientId, ClientSecret, RegistrationScope};
use time::OffsetDateTime;

use crate::entry::{Directory, Entry, EntryFormat};
use crate::error::Corruption;
use crate::fields::Fields;

/// A client registration. All tools that compute the same
/// [`CacheKey::registration`](crate::CacheKey::registration) share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedRegistration {
    /// The client ID.
    pub client_id: ClientId,
    /// The client secret.
    pub client_secret: ClientSecret,
    /// The expiration of the registration.
    pub expires_at: OffsetDateTime,
    /// The registration scopes, if any.
    pub scopes: Option<Vec<RegistrationScope>>,
    /// The grant types. Empty for a client of the device authorization grant.
    pub grant_types: Vec<String>,
}

impl CachedRegistration {
    /// Returns true if the client was registered for the authorization code grant, false if it was
    /// registered for the device authorization grant.
    #[must_use]
    pub fn is_for_authorization_code(&self) -> bool {
        self.grant_types
            .iter()
            .any(|grant| grant == "authorization_code")
    }
}

impl Entry for CachedRegistration {}

impl EntryFormat for CachedRegistration {
    const DURABILITY: Durability = Durability::Synced;
    const DIRECTORY: Directory = Directory::Sso;

    fn take_from(fields: &mut Fields) -> Result<Self, Corruption> {
        Ok(Self {
            client_id: fields.require("clientId")?,
            client_secret: fields.require("clientSecret")?,
            expires_at: fields.require_time("expiresAt")?,
            scopes: fields.take_list("scopes").unwrap_or_default(),
            // Without the field, the client is one of the device authorization grant. Therefore
            // one that cannot be read does not count as missing.
            grant_types: fields.take_list("grantTypes")?.unwrap_or_default(),
        })
    }

    fn put_into(&self, fields: &mut Fields) {
        fields.put("clientId", self.client_id.as_str());
        fields.put("clientSecret", self.client_secret.expose());
        fields.put_time("expiresAt", self.expires_at);
        if let Some(scopes) = &self.scopes {
            fields.put_list("scopes", scopes.iter().map(RegistrationScope::as_str));
        }
        if !self.grant_types.is_empty() {
            fields.put_list("grantTypes", self.grant_types.iter().map(String::as_str));
        }
    }
}
