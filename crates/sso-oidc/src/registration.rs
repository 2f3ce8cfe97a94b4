//! `RegisterClient`: who asks.

use serde::{Deserialize, Serialize};
use sso_transport::{Replay, Transport};
use sso_types::{ClientId, ClientSecret, RegistrationScope, StartUrl};
use time::OffsetDateTime;

use crate::answer::{not_empty, point_in_time};
use crate::{OidcClient, OidcError};

/// The longest client name that is sent.
const LONGEST_NAME: usize = 64;

/// What a client registers as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterClient {
    /// The name that people see on the consent page: see [`client_name`].
    pub client_name: String,
    /// What the tokens may be used for. May be empty for the device grant.
    pub scopes: Vec<RegistrationScope>,
    /// How the client will obtain tokens.
    pub grant: RegistrationGrant,
}

/// How a client will obtain tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationGrant {
    /// By a code that somebody confirms on any device (RFC 8628).
    DeviceCode,
    /// By a code that the browser brings back (RFC 6749 §4.1), and by refresh tokens.
    AuthorizationCode {
        /// Where the browser comes back to, without the port.
        redirect_uri: String,
        /// The start URL of the instance to sign in to.
        issuer_url: StartUrl,
    },
}

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRegistration {
    /// Its public name.
    pub client_id: ClientId,
    /// What proves that it is this client.
    pub client_secret: ClientSecret,
    /// When the secret ends.
    pub expires_at: OffsetDateTime,
}

impl RegisterClient {
    /// Returns a registration for the device grant without scopes, as legacy profiles use it.
    #[must_use]
    pub fn for_device_code(client_name: &str) -> Self {
        Self {
            client_name: client_name.to_owned(),
            scopes: Vec::new(),
            grant: RegistrationGrant::DeviceCode,
        }
    }
}

/// Returns `TOOL-SESSION` as a client name: at most 64 ASCII letters, digits, dots, hyphens and
/// underscores, anything else a hyphen.
///
/// ```
/// assert_eq!(sso_oidc::client_name("my-tool", "büro 1"), "my-tool-b-ro-1");
/// ```
#[must_use]
pub fn client_name(tool: &str, session: &str) -> String {
    format!("{tool}-{session}")
        .chars()
        .map(|character| match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '-' | '_' => character,
            _ => '-',
        })
        .take(LONGEST_NAME)
        .collect()
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    client_name: &'a str,
    client_type: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scopes: &'a [RegistrationScope],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    grant_types: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uris: Option<[&'a str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer_url: Option<&'a StartUrl>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    client_id: ClientId,
    client_secret: ClientSecret,
    #[serde(rename = "clientSecretExpiresAt")]
    expires_at: i64,
}

impl<T: Transport> OidcClient<T> {
    /// Registers a client.
    ///
    /// # Errors
    ///
    /// What the service refuses, such as [`OidcError::InvalidClientMetadata`], and what keeps it
    /// from answering.
    pub fn register_client(
        &self,
        client: &RegisterClient,
    ) -> Result<ClientRegistration, OidcError> {
        let body = Body::from(client);
        // Registering twice leaves one more client, which ends by itself.
        let answer: Answer = self.post("/client/register", &body, &self.retry, Replay::Safe)?;
        not_empty("clientId", answer.client_id.as_str())?;
        not_empty("clientSecret", answer.client_secret.expose())?;
        Ok(ClientRegistration {
            client_id: answer.client_id,
            client_secret: answer.client_secret,
            expires_at: point_in_time("clientSecretExpiresAt", answer.expires_at)?,
        })
    }
}

impl<'a> From<&'a RegisterClient> for Body<'a> {
    fn from(client: &'a RegisterClient) -> Self {
        let (grant_types, redirect_uris, issuer_url): (&[_], _, _) = match &client.grant {
            RegistrationGrant::DeviceCode => (&[], None, None),
            RegistrationGrant::AuthorizationCode {
                redirect_uri,
                issuer_url,
            } => (
                &["authorization_code", "refresh_token"],
                Some([redirect_uri.as_str()]),
                Some(issuer_url),
            ),
        };
        Self {
            client_name: &client.client_name,
            client_type: "public",
            scopes: &client.scopes,
            grant_types,
            redirect_uris,
            issuer_url,
        }
    }
}
