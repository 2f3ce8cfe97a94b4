//! Cached role credentials.

use locked_file::Durability;
use sso_types::{AccountId, Secret};
use time::OffsetDateTime;

use crate::entry::{Directory, Entry, EntryFormat};
use crate::error::Corruption;
use crate::fields::Fields;
use crate::key::CacheKey;

/// Role credentials. They can be requested again while the token is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedRoleCredentials {
    /// The access key ID.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token.
    pub session_token: Secret,
    /// The expiration of the credentials.
    pub expires_at: OffsetDateTime,
    /// The account of the role, which older versions of the AWS CLI do not write.
    pub account_id: Option<AccountId>,
    /// The source of the credentials.
    pub origin: Origin,
}

/// The source of role credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `GetRoleCredentials` of the access portal.
    Sso {
        /// The key of the token that the request used; `None` if another tool wrote the entry.
        token_key: Option<CacheKey>,
    },
    /// `AssumeRole` of AWS STS.
    AssumedRole {
        /// The role ID and the role session name, `AROA…:NAME`; empty if another tool did not write
        /// it.
        id: String,
        /// The ARN of the role session; empty if another tool did not write it.
        arn: String,
        /// The key of the token of the SSO session at which the role chain starts; `None` if it
        /// starts at other credentials, or if another tool wrote the entry.
        token_key: Option<CacheKey>,
    },
}

impl Entry for CachedRoleCredentials {}

impl EntryFormat for CachedRoleCredentials {
    const DURABILITY: Durability = Durability::Relaxed;
    const DIRECTORY: Directory = Directory::Cli;

    fn take_from(fields: &mut Fields) -> Result<Self, Corruption> {
        let mut credentials = fields
            .take_object("Credentials")?
            .ok_or(Corruption::Missing("Credentials"))?;
        Ok(Self {
            access_key_id: not_blank(&mut credentials, "AccessKeyId")?,
            secret_access_key: not_blank(&mut credentials, "SecretAccessKey")?.into(),
            session_token: not_blank(&mut credentials, "SessionToken")?.into(),
            expires_at: credentials.require_time("Expiration")?,
            account_id: credentials.take("AccountId"),
            origin: Origin::take_from(fields),
        })
    }

    fn put_into(&self, fields: &mut Fields) {
        let mut credentials = Fields::default();
        credentials.put("AccessKeyId", &self.access_key_id);
        credentials.put("SecretAccessKey", self.secret_access_key.expose());
        credentials.put("SessionToken", self.session_token.expose());
        credentials.put_time("Expiration", self.expires_at);
        credentials.put_some("AccountId", self.account_id.as_ref().map(AccountId::as_str));
        fields.put_object("Credentials", &credentials);
        self.origin.put_into(fields);
    }
}

/// Returns an error for a blank text: no service accepts it, and temporary credentials need all three.
fn not_blank(credentials: &mut Fields, name: &'static str) -> Result<String, Corruption> {
    let text: String = credentials.require(name)?;
    if text.trim().is_empty() {
        return Err(Corruption::Malformed(name));
    }
    Ok(text)
}

impl Origin {
    fn take_from(fields: &mut Fields) -> Self {
        let _provider: Option<String> = fields.take("ProviderType");
        let token_key: Option<String> = fields.take("SsoTokenKey");
        let token_key = token_key.and_then(|key| key.parse().ok());
        match fields.take_object("AssumedRoleUser") {
            Ok(Some(mut user)) => Self::AssumedRole {
                id: user.take("AssumedRoleId").unwrap_or_default(),
                arn: user.take("Arn").unwrap_or_default(),
                token_key,
            },
            Ok(None) | Err(_) => Self::Sso { token_key },
        }
    }

    fn put_into(&self, fields: &mut Fields) {
        let (Self::Sso { token_key } | Self::AssumedRole { token_key, .. }) = self;
        fields.put_some("SsoTokenKey", token_key.as_ref().map(CacheKey::as_str));
        match self {
            Self::Sso { .. } => fields.put("ProviderType", "sso"),
            Self::AssumedRole { id, arn, .. } => {
                let mut user = Fields::default();
                user.put("AssumedRoleId", id);
                user.put("Arn", arn);
                fields.put_object("AssumedRoleUser", &user);
            }
        }
    }
}
