//! AWS credentials.

use sso_config::chain::StaticKeys;
use sso_types::{AccountId, Secret};
use sts_assume_role::SigningKeys;
use time::OffsetDateTime;
use token_cache::CachedRoleCredentials;

/// AWS credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Access key ID. It is not a secret.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: Secret,
    /// Session token of temporary credentials.
    pub session_token: Option<Secret>,
    /// Time of expiry; `None` if the credentials do not expire.
    pub expires_at: Option<OffsetDateTime>,
    /// Account ID, if known.
    pub account_id: Option<AccountId>,
}

impl From<&CachedRoleCredentials> for Credentials {
    fn from(cached: &CachedRoleCredentials) -> Self {
        let session_token = Some(cached.session_token.clone());
        Self {
            access_key_id: cached.access_key_id.clone(),
            secret_access_key: cached.secret_access_key.clone(),
            session_token: session_token.filter(|token| !token.expose().is_empty()),
            expires_at: Some(cached.expires_at),
            account_id: cached.account_id.clone(),
        }
    }
}

impl From<&StaticKeys> for Credentials {
    fn from(keys: &StaticKeys) -> Self {
        Self {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
            expires_at: None,
            account_id: keys.account_id.clone(),
        }
    }
}

impl From<&Credentials> for SigningKeys {
    fn from(credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id.clone(),
            secret_access_key: credentials.secret_access_key.clone(),
            session_token: credentials.session_token.clone(),
        }
    }
}
