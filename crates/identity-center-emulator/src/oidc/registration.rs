use serde_json::json;
use wiremock::Request;

use super::{JsonBody, invalid_request};
use crate::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};
use crate::response::Response;
use crate::secrets;
use crate::service_error::ServiceError;
use crate::state::{Client, State};

const MAX_CLIENT_NAME_LENGTH: usize = 64;

impl State {
    pub(crate) fn register_client(&mut self, request: &Request) -> Result<Response, ServiceError> {
        let fields = JsonBody::of(request)?;
        let client = Client {
            name: client_name(&fields)?,
            secret: secrets::client_secret(),
            expires_at: self.now() + self.settings.registration_lifetime,
            scopes: scopes(&fields)?,
            grant_types: grant_types(&fields)?,
            redirect_uris: fields.list("redirectUris")?.unwrap_or_default(),
        };
        check_redirects(&client, &fields)?;
        let issued_at = self.now();
        let (client_id, client) = self.register(client);
        Ok(Response::json(&json!({
            "clientId": client_id,
            "clientSecret": client.secret,
            "clientIdIssuedAt": issued_at.as_secs(),
            "clientSecretExpiresAt": client.expires_at.as_secs(),
        })))
    }
}

fn client_name(fields: &JsonBody) -> Result<String, ServiceError> {
    if fields.text("clientType")? != "public" {
        return Err(invalid_metadata("clientType must be public"));
    }
    let name = fields.text("clientName")?;
    let is_printable = name
        .bytes()
        .all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !is_printable || name.len() > MAX_CLIENT_NAME_LENGTH {
        return Err(invalid_metadata(
            "clientName must have at most 64 characters, all ASCII",
        ));
    }
    Ok(name.to_owned())
}

fn scopes(fields: &JsonBody) -> Result<Vec<String>, ServiceError> {
    let scopes = fields.list("scopes")?.unwrap_or_default();
    let is_valid = |scope: &String| {
        scope.contains(':')
            && scope
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b',')
    };
    if scopes.iter().all(is_valid) {
        Ok(scopes)
    } else {
        Err(ServiceError::oidc("invalid_scope", "a scope is not valid"))
    }
}

fn grant_types(fields: &JsonBody) -> Result<Option<Vec<String>>, ServiceError> {
    let known = [AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN];
    let grant_types = fields.list("grantTypes")?;
    match &grant_types {
        Some(names) if names.is_empty() => Err(invalid_metadata("grantTypes is empty")),
        Some(names) if !names.iter().all(|name| known.contains(&name.as_str())) => Err(
            ServiceError::oidc("unsupported_grant_type", "unsupported grant type"),
        ),
        _ => Ok(grant_types),
    }
}

/// Requires an issuer, and loopback redirect URIs without a port, for the authorization code grant.
/// The authorize request adds the port (RFC 8252 §7.3).
fn check_redirects(client: &Client, fields: &JsonBody) -> Result<(), ServiceError> {
    if !client.may_use(AUTHORIZATION_CODE) {
        return Ok(());
    }
    let issuer_url = fields.text("issuerUrl")?;
    if !issuer_url.starts_with("https://") && !issuer_url.starts_with("http://127.0.0.1:") {
        return Err(invalid_request("issuerUrl is not an https URL"));
    }
    if client.redirect_uris.is_empty() {
        return Err(invalid_redirect_uri("redirectUris is missing"));
    }
    for uri in &client.redirect_uris {
        if !uri.starts_with("http://127.0.0.1/") {
            return Err(invalid_redirect_uri(
                "a redirect URI must be http://127.0.0.1/PATH, without a port",
            ));
        }
    }
    Ok(())
}

fn invalid_metadata(description: &str) -> ServiceError {
    ServiceError::oidc("invalid_client_metadata", description)
}

fn invalid_redirect_uri(description: &str) -> ServiceError {
    ServiceError::oidc("invalid_redirect_uri", description)
}
