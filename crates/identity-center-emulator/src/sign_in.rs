//! Tokens of a completed sign-in, for tests that start signed in.

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::secrets;
use crate::state::{Client, State};

/// Client registration and tokens of a completed sign-in.
#[derive(Clone)]
#[non_exhaustive]
pub struct IssuedTokens {
    /// ID of the registered client.
    pub client_id: String,
    /// Secret of the registered client.
    pub client_secret: String,
    /// Expiry of the registration.
    pub registration_expires_at: OffsetDateTime,
    /// The access token.
    pub access_token: String,
    /// Expiry of the access token.
    pub expires_at: OffsetDateTime,
    /// The refresh token, if one was issued.
    pub refresh_token: Option<String>,
}

impl IssuedTokens {
    pub(crate) fn issue(state: &mut State, scopes: &[&str]) -> Self {
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let (client_id, client) = state.register(Client {
            name: "existing-client".to_owned(),
            secret: secrets::client_secret(),
            expires_at: state.now() + state.settings.registration_lifetime,
            scopes: scopes.clone(),
            grant_types: None,
            redirect_uris: Vec::new(),
        });
        let session = state.sign_in();
        let tokens = state.issue_tokens(&client_id, session, &scopes);
        Self {
            client_id,
            client_secret: client.secret,
            registration_expires_at: to_date_time(client.expires_at),
            access_token: tokens.access_token,
            expires_at: to_date_time(tokens.expires_at),
            refresh_token: tokens.refresh_token,
        }
    }

    /// Returns the token file of this sign-in in the format of `~/.aws/sso/cache`, as the AWS CLI
    /// writes it.
    #[must_use]
    pub fn token_file(&self, start_url: &str, region: &str) -> Value {
        let mut file = json!({
            "startUrl": start_url,
            "region": region,
            "accessToken": self.access_token,
            "expiresAt": rfc3339(self.expires_at),
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "registrationExpiresAt": rfc3339(self.registration_expires_at),
        });
        if let Some(refresh_token) = &self.refresh_token {
            file["refreshToken"] = json!(refresh_token);
        }
        file
    }

    /// Returns the registration file of this sign-in in the format of `~/.aws/sso/cache`, as the
    /// AWS CLI writes it.
    #[must_use]
    pub fn registration_file(&self, scopes: &[&str]) -> Value {
        json!({
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "expiresAt": rfc3339(self.registration_expires_at),
            "scopes": scopes,
        })
    }
}

/// Formats a time as in the cache files, for example `2026-11-22T19:46:33Z`.
///
/// # Panics
///
/// If the year is after 9999.
#[must_use]
pub fn rfc3339(time: OffsetDateTime) -> String {
    sso_types::timestamp::format(time)
}

fn to_date_time(since_1970: Duration) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + since_1970
}
