//! The registration of a client.

use std::path::PathBuf;

use locked_file::Durability;
use sso_types::{ClientId, ClientSecret, RegistrationScope};
use time::OffsetDateTime;

use crate::TokenCache;
use crate::entry::Stored;
use crate::error::Damage;
use crate::fields::Fields;

/// A client that was registered with the OIDC service, for use by every tool that computes the
/// same [`CacheKey::registration`](crate::CacheKey::registration).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedRegistration {
    /// The public name of the client.
    pub client_id: ClientId,
    /// Its secret.
    pub client_secret: ClientSecret,
    /// The end of the registration.
    pub expires_at: OffsetDateTime,
    /// The scopes that it was registered with, where any.
    pub scopes: Option<Vec<RegistrationScope>>,
    /// The grant types that it was registered with. Only clients for the authorization code
    /// grant have them: none means the device grant.
    pub grant_types: Vec<String>,
}

impl CachedRegistration {
    /// Whether the client was registered for the authorization code grant; else it was for the
    /// device grant.
    #[must_use]
    pub fn is_for_authorization_code(&self) -> bool {
        let wanted = |grant| grant == "authorization_code";
        self.grant_types.iter().any(wanted)
    }
}

impl Stored for CachedRegistration {
    const DURABILITY: Durability = Durability::Synced;

    fn folder(cache: &TokenCache) -> &PathBuf {
        cache.sso_folder()
    }

    fn take_from(fields: &mut Fields) -> Result<Self, Damage> {
        Ok(Self {
            client_id: fields.require("clientId")?,
            client_secret: fields.require("clientSecret")?,
            expires_at: fields.require_time("expiresAt")?,
            scopes: fields.take_list("scopes")?,
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
