//! The credentials of a role.

use std::path::PathBuf;

use locked_file::Durability;
use sso_types::{AccountId, Secret};
use time::OffsetDateTime;

use crate::entry::Stored;
use crate::error::Damage;
use crate::fields::Fields;
use crate::{CacheKey, TokenCache};

/// The credentials of a role, which can be had again while one is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedRoleCredentials {
    /// The access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
    /// What goes along with every request.
    pub session_token: Secret,
    /// The end of the credentials.
    pub expires_at: OffsetDateTime,
    /// The account of the role. Older versions of the AWS CLI do not write it.
    pub account_id: Option<AccountId>,
    /// Where they came from.
    pub origin: Origin,
}

/// Where role credentials came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From the access portal.
    Sso {
        /// The key of the token that they were had with; unknown where another tool did.
        token_key: Option<CacheKey>,
    },
    /// From the assumption of a role.
    AssumedRole {
        /// The role and session, as `AROA…:NAME`.
        id: String,
        /// The same as an ARN.
        arn: String,
    },
}

impl Stored for CachedRoleCredentials {
    const DURABILITY: Durability = Durability::Relaxed;

    fn folder(cache: &TokenCache) -> &PathBuf {
        cache.cli_folder()
    }

    fn take_from(fields: &mut Fields) -> Result<Self, Damage> {
        let mut credentials = fields
            .take_object("Credentials")?
            .ok_or(Damage::Missing("Credentials"))?;
        Ok(Self {
            access_key_id: credentials.require("AccessKeyId")?,
            secret_access_key: credentials.require("SecretAccessKey")?,
            session_token: credentials.require("SessionToken")?,
            expires_at: credentials.require_time("Expiration")?,
            account_id: credentials.take("AccountId")?,
            origin: Origin::take_from(fields)?,
        })
    }

    fn put_into(&self, fields: &mut Fields) {
        let mut credentials = Fields::default();
        credentials.put("AccessKeyId", &self.access_key_id);
        credentials.put("SecretAccessKey", self.secret_access_key.expose());
        credentials.put("SessionToken", self.session_token.expose());
        credentials.put_time("Expiration", self.expires_at);
        credentials.put_some("AccountId", self.account_id.as_ref().map(AccountId::as_str));
        fields.put_object("Credentials", credentials);
        self.origin.put_into(fields);
    }
}

impl Origin {
    fn take_from(fields: &mut Fields) -> Result<Self, Damage> {
        let _provider: Option<String> = fields.take("ProviderType")?;
        let token_key: Option<String> = fields.take("SsoTokenKey")?;
        match fields.take_object("AssumedRoleUser")? {
            Some(mut user) => Ok(Self::AssumedRole {
                id: user.require("AssumedRoleId")?,
                arn: user.require("Arn")?,
            }),
            None => Ok(Self::Sso {
                token_key: token_key.and_then(|key| key.parse().ok()),
            }),
        }
    }

    fn put_into(&self, fields: &mut Fields) {
        match self {
            Self::Sso { token_key } => {
                fields.put("ProviderType", "sso");
                fields.put_some("SsoTokenKey", token_key.as_ref().map(CacheKey::as_str));
            }
            Self::AssumedRole { id, arn } => {
                let mut user = Fields::default();
                user.put("AssumedRoleId", id);
                user.put("Arn", arn);
                fields.put_object("AssumedRoleUser", user);
            }
        }
    }
}
