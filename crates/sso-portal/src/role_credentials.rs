//! `GetRoleCredentials`: temporary credentials for a role.

use serde::Deserialize;
use sso_transport::{Transport, read_json, server_date};
use sso_types::{AccessToken, AccountId, RoleName, Secret};
use time::OffsetDateTime;

use crate::client::PortalClient;
use crate::error::PortalError;

/// Temporary credentials for a role in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleCredentials {
    /// Access key ID.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: Secret,
    /// Session token.
    pub session_token: Secret,
    /// Expiration by the service's clock.
    pub expires_at: OffsetDateTime,
    /// Time of the response by the service's clock; `None` without a valid `Date` header. Do not
    /// compare `expires_at` with a local clock that differs much from this time.
    pub responded_at: Option<OffsetDateTime>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseBody {
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
    /// Gets temporary credentials for a role.
    ///
    /// # Errors
    ///
    /// [`PortalError::Unauthorized`] if the access token has expired or was revoked;
    /// [`PortalError::Forbidden`] if the role in the account is not assigned to the user.
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
        let response = self.get("/federation/credentials", &query, access_token)?;
        let fields = read_json::<ResponseBody>(&response)?.role_credentials;
        log::trace!("/federation/credentials response: {fields:?}");
        check_printable("accessKeyId", &fields.access_key_id)?;
        check_printable("secretAccessKey", fields.secret_access_key.expose())?;
        check_printable("sessionToken", fields.session_token.expose())?;
        Ok(RoleCredentials {
            access_key_id: fields.access_key_id,
            secret_access_key: fields.secret_access_key,
            session_token: fields.session_token,
            expires_at: point_in_time(fields.expiration)?,
            responded_at: server_date(&response).map(Into::into),
        })
    }
}

/// Checks that `text` can be part of a header, an environment variable and a file.
fn check_printable(field: &'static str, text: &str) -> Result<(), PortalError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(PortalError::UnexpectedResponse { field });
    }
    Ok(())
}

fn point_in_time(epoch_milliseconds: i64) -> Result<OffsetDateTime, PortalError> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch_milliseconds) * 1_000_000).map_err(
        |_| PortalError::UnexpectedResponse {
            field: "expiration",
        },
    )
}
