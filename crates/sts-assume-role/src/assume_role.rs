//! `AssumeRole`: credentials of a role for those of somebody who may take it on.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sso_transport::{Replay, Transport, server_date};
use sso_types::{AccountId, Secret, timestamp};
use time::OffsetDateTime;

use crate::xml::{self, Texts};
use crate::{SigningKeys, StsClient, StsError};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// The ARN of the role.
    pub role_arn: String,
    /// The name under which the role is taken on; it stands in the logs of the role's account.
    pub role_session_name: String,
    /// What the role's owner wants to hear.
    pub external_id: Option<String>,
    /// What the role's owner wants to be shown.
    pub mfa: Option<Mfa>,
    /// The life of the credentials in seconds; `None` for the service's default of an hour.
    pub duration_seconds: Option<u32>,
}

/// The proof that somebody has a certain device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mfa {
    /// The device's ARN, or its number.
    pub serial_number: String,
    /// What the device shows. It is good for one request.
    pub token_code: Secret,
}

/// The credentials of a role that was taken on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRoleCredentials {
    /// The public half of the key.
    pub access_key_id: String,
    /// The secret half of the key.
    pub secret_access_key: Secret,
    /// What goes with the key.
    pub session_token: Secret,
    /// When they end, by the service's clock.
    pub expires_at: OffsetDateTime,
    /// The role and the session as `AROA…:NAME`.
    pub assumed_role_id: String,
    /// The same as an ARN.
    pub assumed_role_arn: String,
    /// The service's clock when it answered, where it says so: a local clock that is far from it
    /// cannot judge `expires_at`.
    pub answered_at: Option<OffsetDateTime>,
}

impl AssumeRole {
    /// Asks for a role under a name, and for nothing else.
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

    /// Writes the form in the order in which botocore writes it.
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

/// All but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Encodes for a form, where a space is a `+`.
fn encoded(value: &str) -> String {
    utf8_percent_encode(value, RESERVED)
        .to_string()
        .replace("%20", "+")
}

impl<T: Transport> StsClient<T> {
    /// Asks for the credentials of a role with `keys`, at the time `now`.
    ///
    /// A request with the code of an MFA device is sent again only where it cannot have been
    /// processed.
    ///
    /// # Errors
    ///
    /// [`StsError::AccessDenied`] where the owner of `keys` may not take on the role, or not in
    /// this manner; [`StsError::InvalidKeys`] where the keys are unknown or have ended.
    pub fn assume_role(
        &self,
        role: &AssumeRole,
        keys: &SigningKeys,
        now: OffsetDateTime,
    ) -> Result<AssumedRoleCredentials, StsError> {
        log::trace!("AssumeRole {role:?}");
        let replay = match role.mfa {
            Some(_) => Replay::SingleUse,
            None => Replay::Safe,
        };
        let answer = self.post(role.form(), keys, now, replay)?;
        let answered_at = server_date(&answer).map(Into::into);
        let credentials = xml::read(&answer, |texts| read_credentials(texts, answered_at))?;
        log::trace!("AssumeRole answers {credentials:?}");
        Ok(credentials)
    }
}

fn read_credentials(
    texts: &Texts<'_>,
    answered_at: Option<OffsetDateTime>,
) -> Result<AssumedRoleCredentials, StsError> {
    Ok(AssumedRoleCredentials {
        access_key_id: word(texts, "AccessKeyId")?.to_owned(),
        secret_access_key: word(texts, "SecretAccessKey")?.into(),
        session_token: word(texts, "SessionToken")?.into(),
        expires_at: point_in_time(texts, "Expiration")?,
        assumed_role_id: word(texts, "AssumedRoleId")?.to_owned(),
        assumed_role_arn: word(texts, "Arn")?.to_owned(),
        answered_at,
    })
}

/// Returns a text that may stand in a header, a variable or a file.
fn word<'t>(texts: &'t Texts<'_>, field: &'static str) -> Result<&'t str, StsError> {
    let is_word = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let text = texts.get(field).filter(is_word);
    text.ok_or(StsError::UnexpectedAnswer { field })
}

fn point_in_time(texts: &Texts<'_>, field: &'static str) -> Result<OffsetDateTime, StsError> {
    let text = texts.get(field);
    text.and_then(timestamp::parse)
        .ok_or(StsError::UnexpectedAnswer { field })
}

impl AssumedRoleCredentials {
    /// Returns the account of the role, as the ARN has it: `arn:aws:sts::ACCOUNT:assumed-role/…`.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        let account = self.assumed_role_arn.split(':').nth(4)?;
        (!account.is_empty()).then(|| account.into())
    }
}
