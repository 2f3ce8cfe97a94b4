//! `RegisterClient`: registration of a client.

use serde::{Deserialize, Serialize};
use sso_transport::{RequestKind, Transport};
use sso_types::{ClientId, ClientSecret, RegistrationScope, StartUrl};
use time::OffsetDateTime;

use crate::client::OidcClient;
use crate::error::OidcError;
use crate::response::{not_empty, point_in_time, safe_web_url};

const MAX_NAME_CHARACTERS: usize = 64;

/// Request to register a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterClient {
    /// Name that the consent page shows to users: see [`client_name`].
    pub client_name: String,
    /// Registration scopes. May be empty for the device grant.
    pub scopes: Vec<RegistrationScope>,
    /// Grant that the client uses.
    pub grant: RegistrationGrant,
}

/// Grant that a client uses to get tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationGrant {
    /// Device code, which the user approves on any device (RFC 8628).
    DeviceCode,
    /// Authorization code in a redirect of the browser (RFC 6749 §4.1), and refresh tokens.
    AuthorizationCode {
        /// Redirect URI, without the port.
        redirect_uri: String,
        /// Start URL of the instance to sign in to.
        issuer_url: StartUrl,
    },
}

/// Registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientRegistration {
    /// Client ID.
    pub client_id: ClientId,
    /// Secret that authenticates the client.
    pub client_secret: ClientSecret,
    /// Expiration of the secret.
    pub expires_at: OffsetDateTime,
}

impl RegisterClient {
    /// Returns a request for the device grant without scopes, which legacy profiles use.
    #[must_use]
    pub fn for_device_code(client_name: &str) -> Self {
        Self {
            client_name: client_name.to_owned(),
            scopes: Vec::new(),
            grant: RegistrationGrant::DeviceCode,
        }
    }
}

/// Returns the client name `TOOL-SESSION`: at most 64 ASCII letters, digits, dots, hyphens and
/// underscores. Replaces all other characters with hyphens.
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
        .take(MAX_NAME_CHARACTERS)
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
struct ResponseBody {
    client_id: ClientId,
    client_secret: ClientSecret,
    #[serde(rename = "clientSecretExpiresAt")]
    expires_at: i64,
    authorization_endpoint: Option<String>,
}

impl<T: Transport> OidcClient<T> {
    /// Registers a client.
    ///
    /// # Errors
    ///
    /// [`OidcError::InvalidClientMetadata`] if the metadata is not allowed, and other errors of the
    /// service. [`OidcError::Transport`] if there is no valid response.
    pub fn register_client(
        &self,
        client: &RegisterClient,
    ) -> Result<ClientRegistration, OidcError> {
        let body = Body::from(client);
        // A retry may register a second client, which expires unused.
        let response: ResponseBody = self.post(
            "/client/register",
            &body,
            &[],
            &self.retry,
            RequestKind::Idempotent,
        )?;
        not_empty("clientId", response.client_id.as_str())?;
        not_empty("clientSecret", response.client_secret.expose())?;
        // Not used, since the page is part of the endpoint. An unsafe URL shows a wrong server.
        let authorization_endpoint = response.authorization_endpoint.unwrap_or_default();
        if !authorization_endpoint.is_empty() {
            safe_web_url("authorizationEndpoint", &authorization_endpoint)?;
        }
        Ok(ClientRegistration {
            client_id: response.client_id,
            client_secret: response.client_secret,
            expires_at: point_in_time("clientSecretExpiresAt", response.expires_at)?,
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
