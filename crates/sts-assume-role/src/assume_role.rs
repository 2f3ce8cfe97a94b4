//! `AssumeRole`: temporary credentials for a role.

use std::fmt::Write as _;

use percent_encoding::utf8_percent_encode;
use sso_transport::{RESERVED, RequestKind, Transport, server_date};
use sso_types::{AccountId, Secret, timestamp};
use time::OffsetDateTime;

use crate::client::StsClient;
use crate::error::StsError;
use crate::signature::SigningKeys;
use crate::xml::{self, Texts};

/// Request to assume a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// ARN of the role.
    pub role_arn: String,
    /// Role session name, which identifies the session in its ARN and in logs.
    pub role_session_name: String,
    /// External ID that the role's trust policy requires.
    pub external_id: Option<String>,
    /// MFA code, if the role's trust policy requires one.
    pub mfa: Option<Mfa>,
    /// Session duration in seconds; `None` for the service's default of one hour.
    pub duration_seconds: Option<u32>,
}

/// MFA code, and the device that displays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mfa {
    /// Serial number or ARN of the MFA device.
    pub serial_number: String,
    /// MFA code, valid for one request.
    pub token_code: Secret,
}

/// Temporary credentials for an assumed role.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssumedRoleCredentials {
    /// Access key ID.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: Secret,
    /// Session token.
    pub session_token: Secret,
    /// Expiration by the service's clock.
    pub expires_at: OffsetDateTime,
    /// ID of the role session: `AROA…:NAME`.
    pub assumed_role_id: String,
    /// ARN of the role session.
    pub assumed_role_arn: String,
    /// Time of the response by the service's clock; `None` without a valid `Date` header. Do not
    /// compare `expires_at` with a local clock that differs much from this time.
    pub responded_at: Option<OffsetDateTime>,
}

impl AssumeRole {
    /// Creates a request without optional parameters.
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

    /// Returns the request body, with the parameters in botocore's order.
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
                write!(form, "&{name}={}", encoded(value)).expect("a String accepts all text");
            }
        }
        form
    }

    /// Returns the secrets in the request body.
    fn secrets(&self) -> Vec<&str> {
        let mfa = self.mfa.iter();
        mfa.map(|mfa| mfa.token_code.expose()).collect()
    }
}

/// Percent-encodes a form value, with `+` for a space.
fn encoded(value: &str) -> String {
    utf8_percent_encode(value, RESERVED)
        .to_string()
        .replace("%20", "+")
}

impl<T: Transport> StsClient<T> {
    /// Gets temporary credentials for a role. Signs the request with `keys` at the time `now`.
    ///
    /// Retries a request with an MFA code only if the service cannot have processed it.
    ///
    /// # Errors
    ///
    /// [`StsError::AccessDenied`] if `keys` do not allow the role to be assumed with these
    /// parameters; [`StsError::InvalidKeys`] if the keys are unknown or have expired.
    pub fn assume_role(
        &self,
        role: &AssumeRole,
        keys: &SigningKeys,
        now: OffsetDateTime,
    ) -> Result<AssumedRoleCredentials, StsError> {
        log::trace!("AssumeRole request: {role:?}");
        let kind = match role.mfa {
            Some(_) => RequestKind::SingleUse,
            None => RequestKind::Idempotent,
        };
        let response = self.post(role.form(), &role.secrets(), keys, now, kind)?;
        let responded_at = server_date(&response).map(Into::into);
        let read = |texts: &Texts<'_>| read_credentials(texts, responded_at);
        let credentials = xml::read(&response, "AssumeRoleResponse", read)?;
        log::trace!("AssumeRole response: {credentials:?}");
        Ok(credentials)
    }
}

fn read_credentials(
    texts: &Texts<'_>,
    responded_at: Option<OffsetDateTime>,
) -> Result<AssumedRoleCredentials, StsError> {
    Ok(AssumedRoleCredentials {
        access_key_id: texts.printable("AccessKeyId")?.to_owned(),
        secret_access_key: texts.printable("SecretAccessKey")?.into(),
        session_token: texts.printable("SessionToken")?.into(),
        expires_at: point_in_time(texts, "Expiration")?,
        assumed_role_id: texts.printable("AssumedRoleId")?.to_owned(),
        assumed_role_arn: texts.printable("Arn")?.to_owned(),
        responded_at,
    })
}

fn point_in_time(texts: &Texts<'_>, field: &'static str) -> Result<OffsetDateTime, StsError> {
    let text = texts.get(field);
    text.and_then(timestamp::parse)
        .ok_or(StsError::UnexpectedResponse { field })
}

impl AssumedRoleCredentials {
    /// Returns the account of the role from `assumed_role_arn`, if the ARN contains one:
    /// `arn:aws:sts::ACCOUNT:assumed-role/…`.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        let account = self.assumed_role_arn.split(':').nth(4)?;
        (!account.is_empty()).then(|| account.into())
    }
}
