//! Authorize request from a browser, and the decision on a consent page.

use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use wiremock::Request;

use crate::grant_type::AUTHORIZATION_CODE;
use crate::pages;
use crate::response::Response;
use crate::secrets;
use crate::settings::Consent;
use crate::state::{Authorization, AuthorizationCode, Client, ConsentRequest, State};

impl State {
    /// Shows an error page for an unknown client or redirect URI. Any other error goes to the
    /// redirect URI (RFC 6749 §4.1.2.1).
    pub(crate) fn authorize(&mut self, request: &Request) -> Response {
        let query: HashMap<String, String> = request.url.query_pairs().into_owned().collect();
        let authorization = Authorization::of(&query);
        let client = match self.client_of(&authorization) {
            Ok(client) => client,
            Err(page) => return page,
        };
        let error = client_error(&client, self.now() >= client.expires_at)
            .or_else(|| request_error(&query))
            .or_else(|| scope_error(&authorization.scopes, &client));
        match error {
            Some((error, description)) => callback_error(&authorization, error, description),
            None => self.request_consent(authorization, &client),
        }
    }

    fn client_of(&self, authorization: &Authorization) -> Result<Client, Response> {
        let Some(client) = self.clients.get(&authorization.client_id) else {
            let text = "No client with this ID is registered.";
            return Err(pages::failure("Unknown client", text));
        };
        if !matches_registered(&authorization.redirect_uri, &client.redirect_uris) {
            let text = "The client is not registered with this redirect URI.";
            return Err(pages::failure("Invalid redirect URI", text));
        }
        Ok(client.clone())
    }

    fn request_consent(&mut self, authorization: Authorization, client: &Client) -> Response {
        match self.settings.consent {
            Consent::Ask => {
                let scopes = authorization.scopes.clone();
                let request = self.store_consent_request(ConsentRequest::Authorize(authorization));
                pages::consent(&request, &client.name, &scopes, None)
            }
            Consent::Deny => self.decide_authorization(authorization, false),
            Consent::Approve | Consent::Granted => self.decide_authorization(authorization, true),
        }
    }

    fn decide_authorization(&mut self, authorization: Authorization, approved: bool) -> Response {
        if !approved {
            return callback_error(&authorization, "access_denied", &self.settings.denial);
        }
        let code = self.record_secret(secrets::code());
        let redirect = callback(&authorization, &[("code", &code)]);
        let session = self.sign_in();
        let expires_at = self.now() + self.settings.code_lifetime;
        let granted = AuthorizationCode {
            authorization,
            session,
            expires_at,
        };
        self.codes.insert(code, granted);
        redirect
    }

    pub(crate) fn store_consent_request(&mut self, request: ConsentRequest) -> String {
        let id = secrets::random_hex();
        self.consents.insert(id.clone(), request);
        id
    }

    pub(crate) fn submit_consent(&mut self, request: &Request) -> Response {
        let form: HashMap<String, String> = form_fields(&request.body);
        let approved = match form.get("decision").map(String::as_str) {
            Some("allow") => true,
            Some("deny") => false,
            _ => return pages::failure("No option selected", "Choose Allow access or Deny."),
        };
        let id = form.get("request").map_or("", String::as_str);
        match self.consents.remove(id) {
            None => pages::failure(
                "This request has already been used",
                "Start the sign-in again.",
            ),
            Some(ConsentRequest::Device { device_code }) => {
                self.decide_device(&device_code, approved)
            }
            Some(ConsentRequest::Authorize(authorization)) => {
                self.decide_authorization(authorization, approved)
            }
        }
    }
}

impl Authorization {
    fn of(query: &HashMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).cloned().unwrap_or_default();
        Self {
            client_id: text("client_id"),
            redirect_uri: text("redirect_uri"),
            state: text("state"),
            code_challenge: text("code_challenge"),
            scopes: text("scopes")
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// Compares redirect URIs without the port of a loopback URI (RFC 8252 §7.3).
fn matches_registered(redirect_uri: &str, registered: &[String]) -> bool {
    let Some(rest) = redirect_uri.strip_prefix("http://127.0.0.1:") else {
        return registered.iter().any(|uri| uri == redirect_uri);
    };
    let (port, path) = rest.split_once('/').unwrap_or((rest, ""));
    let portless = format!("http://127.0.0.1/{path}");
    port.parse::<u16>().is_ok() && registered.contains(&portless)
}

type CallbackError = (&'static str, &'static str);

fn client_error(client: &Client, expired: bool) -> Option<CallbackError> {
    if expired {
        Some(("invalid_request", "the client registration has expired"))
    } else if !client.may_use(AUTHORIZATION_CODE) {
        Some((
            "unauthorized_client",
            "the client is not registered for the authorization code grant",
        ))
    } else {
        None
    }
}

fn request_error(query: &HashMap<String, String>) -> Option<CallbackError> {
    let has_value = |name: &str, value: &str| query.get(name).is_some_and(|given| given == value);
    let challenge = query.get("code_challenge").map_or("", String::as_str);
    if !has_value("response_type", "code") {
        Some(("unsupported_response_type", "response_type must be code"))
    } else if !has_value("code_challenge_method", "S256") {
        Some(("invalid_request", "code_challenge_method must be S256"))
    } else if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
        Some((
            "invalid_request",
            "code_challenge is not a SHA-256 digest in base64url",
        ))
    } else if query.get("state").is_none_or(String::is_empty) {
        Some(("invalid_request", "state is missing"))
    } else {
        None
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn scope_error(scopes: &[String], client: &Client) -> Option<CallbackError> {
    let registered = |scope: &String| client.scopes.contains(scope);
    if scopes.is_empty() {
        Some(("invalid_scope", "scopes is missing"))
    } else if !scopes.iter().all(registered) {
        Some(("invalid_scope", "a scope is not registered for the client"))
    } else {
        None
    }
}

fn callback_error(authorization: &Authorization, error: &str, description: &str) -> Response {
    let fields = [("error", error), ("error_description", description)];
    callback(authorization, &fields)
}

fn callback(authorization: &Authorization, fields: &[(&str, &str)]) -> Response {
    let state = ("state", authorization.state.as_str());
    let encode = |value| utf8_percent_encode(value, NON_ALPHANUMERIC);
    let query: Vec<String> = fields
        .iter()
        .chain([&state])
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let url = format!("{}?{}", authorization.redirect_uri, query.join("&"));
    Response::redirect(&url)
}

fn form_fields(body: &[u8]) -> HashMap<String, String> {
    let text = String::from_utf8_lossy(body).replace('+', " ");
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    text.split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
