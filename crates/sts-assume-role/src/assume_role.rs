//! `AssumeRole`: the credentials of a role for those of a caller who may assume it.

use std::fmt::Write as _;

use percent_encoding::utf8_percent_encode;
use sso_transport::{RESERVED, RequestKind, Transport, server_date};
use sso_types::{AccountId, Secret, timestamp};
use time::OffsetDateTime;

use crate::client::StsClient;
use crate::error::StsError;
use crate::signature::SigningKeys;
use crate::xml::{self, Texts};

/// The request to assume a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// ARN of the role.
    pub role_arn: String,
    /// Name of the session, which appears in the logs of the role's account.
    pub role_session_name: String,
    /// External ID that the role's trust policy requires.
    pub external_id: Option<String>,
    /// MFA code, if the role's trust policy requires one.
    pub mfa: Option<Mfa>,
    /// Lifetime of the credentials in seconds; `None` for the service's default of one hour.
    pub duration_seconds: Option<u32>,
}

/// The code of an MFA device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mfa {
    /// ARN or serial number of the device.
    pub serial_number: String,
    /// Code that the device shows. It is valid for one request.
    pub token_code: Secret,
}

/// The credentials of an assumed role.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssumedRoleCredentials {
    /// Access key ID.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: Secret,
    /// Session token.
    pub session_token: Secret,
    /// Expiry by the service's clock.
    pub expires_at: OffsetDateTime,
    /// Role and session as `AROA…:NAME`.
    pub assumed_role_id: String,
    /// Role and session as an ARN.
    pub assumed_role_arn: String,
    /// The service's clock when it responded, if it sent it. If the local clock is far from it,
    /// `expires_at` cannot be compared with the local clock.
    pub responded_at: Option<OffsetDateTime>,
}

impl AssumeRole {
    /// Creates a request for a role under a session name, without further parameters.
    #[must_use]
    pub fn new(role_arn: &str, role_session_name: &str) -> Self {
        Self {
            role_arn: role_arn.to_owned(),
            role_session_name: role_session_name.to_owned(),
            external_id: None,
            mfa: None,
            duration_seconds: None,
        }
    }

    /// Writes the form in the order of botocore.
    fn form(&self) -> String {
        let mut form = "Action=AssumeRole&Version=2011-06-15".to_owned();
        let duration = self.duration_seconds.map(|seconds| seconds.to_string());
        let mfa = self.mfa.as_ref();
        let parameters = [
            ("RoleArn", Some(self.role_arn.as_str())),
            ("RoleSessionName", Some(&self.role_session_name)),
            ("ExternalId", self.external_id.as_deref()),
            ("SerialNumber", mfa.map(|mfa| mfa.serial_number.as_str())),
            ("TokenCode", mfa.map(|mfa| mfa.token_code.expose())),
            ("DurationSeconds", duration.as_deref()),
        ];
        for (name, value) in parameters {
            if let Some(value) = value {
                write!(form, "&{name}={}", encoded(value)).expect("a String takes everything");
            }
        }
        form
    }
}

/// Encodes a value of a form, in which a space is a `+`.
fn encoded(value: &str) -> String {
    utf8_percent_encode(value, RESERVED)
        .to_string()
        .replace("%20", "+")
}

impl<T: Transport> StsClient<T> {
    /// Gets the credentials of a role with `keys`, at the time `now`.
    ///
    /// A request with the code of an MFA device is sent again only if the service cannot have
    /// processed it.
    ///
    /// # Errors
    ///
    /// [`StsError::AccessDenied`] if the owner of `keys` may not assume the role, or not with these
    /// parameters; [`StsError::InvalidKeys`] if the keys are unknown or have expired.
    pub fn assume_role(
        &self,
        role: &AssumeRole,
        keys: &SigningKeys,
        now: OffsetDateTime,
    ) -> Result<AssumedRoleCredentials, StsError> {
        log::trace!("AssumeRole {role:?}");
        let kind = match role.mfa {
            Some(_) => RequestKind::SingleUse,
            None => RequestKind::Idempotent,
        };
        let response = self.post(role.form(), keys, now, kind)?;
        let responded_at = server_date(&response).map(Into::into);
        let credentials = xml::read(&response, |texts| read_credentials(texts, responded_at))?;
        log::trace!("AssumeRole answers {credentials:?}");
        Ok(credentials)
    }
}

fn read_credentials(
    texts: &Texts<'_>,
    responded_at: Option<OffsetDateTime>,
) -> Result<AssumedRoleCredentials, StsError> {
    Ok(AssumedRoleCredentials {
        access_key_id: word(texts, "AccessKeyId")?.to_owned(),
        secret_access_key: word(texts, "SecretAccessKey")?.into(),
        session_token: word(texts, "SessionToken")?.into(),
        expires_at: point_in_time(texts, "Expiration")?,
        assumed_role_id: word(texts, "AssumedRoleId")?.to_owned(),
        assumed_role_arn: word(texts, "Arn")?.to_owned(),
        responded_at,
    })
}

/// Returns a text that can be written to a header, a variable and a file.
fn word<'t>(texts: &'t Texts<'_>, field: &'static str) -> Result<&'t str, StsError> {
    let is_word = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let text = texts.get(field).filter(is_word);
    text.ok_or(StsError::UnexpectedResponse { field })
}

fn point_in_time(texts: &Texts<'_>, field: &'static str) -> Result<OffsetDateTime, StsError> {
    let text = texts.get(field);
    text.and_then(timestamp::parse)
        .ok_or(StsError::UnexpectedResponse { field })
}

impl AssumedRoleCredentials {
    /// Returns the account of the role, from its ARN: `arn:aws:sts::ACCOUNT:assumed-role/…`.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        let account = self.assumed_role_arn.split(':').nth(4)?;
        (!account.is_empty()).then(|| account.into())
    }
}
