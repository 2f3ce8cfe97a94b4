//! `GetRoleCredentials`: what signs requests to AWS.

use serde::Deserialize;
use sso_transport::{Transport, read_json, server_date};
use sso_types::{AccessToken, AccountId, RoleName, Secret};
use time::OffsetDateTime;

use crate::{PortalClient, PortalError};

/// The credentials of a role in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleCredentials {
    /// The public half of the key.
    pub access_key_id: String,
    /// The secret half of the key.
    pub secret_access_key: Secret,
    /// What goes with the key.
    pub session_token: Secret,
    /// When they end, by the service's clock.
    pub expires_at: OffsetDateTime,
    /// The service's clock when it answered, where it says so: a local clock that is far from it
    /// cannot judge `expires_at`.
    pub answered_at: Option<OffsetDateTime>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    role_credentials: Fields,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    access_key_id: String,
    secret_access_key: Secret,
    session_token: Secret,
    /// Milliseconds since the epoch.
    expiration: i64,
}

impl<T: Transport> PortalClient<T> {
    /// Gets credentials for a role.
    ///
    /// # Errors
    ///
    /// [`PortalError::Unauthorized`] where the token has ended or was revoked,
    /// [`PortalError::Forbidden`] where its owner has no such role in the account.
    pub fn get_role_credentials(
        &self,
        access_token: &AccessToken,
        account_id: &AccountId,
        role_name: &RoleName,
    ) -> Result<RoleCredentials, PortalError> {
        let query = [
            ("role_name", role_name.as_str()),
            ("account_id", account_id.as_str()),
        ];
        let answer = self.get("/federation/credentials", &query, access_token)?;
        let fields = read_json::<Answer>(&answer)?.role_credentials;
        log::trace!("/federation/credentials answers {fields:?}");
        one_word("accessKeyId", &fields.access_key_id)?;
        one_word("secretAccessKey", fields.secret_access_key.expose())?;
        one_word("sessionToken", fields.session_token.expose())?;
        Ok(RoleCredentials {
            access_key_id: fields.access_key_id,
            secret_access_key: fields.secret_access_key,
            session_token: fields.session_token,
            expires_at: point_in_time(fields.expiration)?,
            answered_at: server_date(&answer).map(Into::into),
        })
    }
}

/// Holds `text` to what may stand in a header, a variable or a file.
fn one_word(field: &'static str, text: &str) -> Result<(), PortalError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(PortalError::UnexpectedAnswer { field });
    }
    Ok(())
}

fn point_in_time(epoch_milliseconds: i64) -> Result<OffsetDateTime, PortalError> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch_milliseconds) * 1_000_000).map_err(
        |_| PortalError::UnexpectedAnswer {
            field: "expiration",
        },
    )
}
