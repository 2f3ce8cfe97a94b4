//! The authorize request, which a browser makes, and the decision on any consent page.

use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use wiremock::Request;

use crate::identity_center::answer::Answer;
use crate::identity_center::settings::Consent;
use crate::identity_center::state::{Authorization, Client, Code, ConsentRequest, State};
use crate::identity_center::{AUTHORIZATION_CODE, pages, secrets};

impl State {
    /// Judges an authorize request. Where client or redirect URI are not to be trusted the
    /// error stays on a page; all others go to the redirect URI (RFC 6749 §4.1.2.1).
    pub(crate) fn authorize(&mut self, request: &Request) -> Answer {
        let query: HashMap<String, String> = request.url.query_pairs().into_owned().collect();
        let authorization = Authorization::of(&query);
        let client = match self.client_of(&authorization) {
            Ok(client) => client,
            Err(page) => return page,
        };
        let flaw = flaw_of_client(&client, self.now() >= client.expires_at)
            .or_else(|| flaw_of_request(&query))
            .or_else(|| flaw_of_scopes(&authorization.scopes, &client));
        match flaw {
            Some((error, description)) => callback_error(&authorization, error, description),
            None => self.seek_consent(authorization, &client),
        }
    }

    /// Returns the client, where it is one and may be reached at the redirect URI.
    fn client_of(&self, authorization: &Authorization) -> Result<Client, Answer> {
        let Some(client) = self.clients.get(&authorization.client_id) else {
            let text = "No client is registered by this name.";
            return Err(pages::failure("Unknown client", text));
        };
        if !matches_registered(&authorization.redirect_uri, &client.redirect_uris) {
            let text = "The client was not registered with this redirect URI.";
            return Err(pages::failure("Wrong redirect URI", text));
        }
        Ok(client.clone())
    }

    fn seek_consent(&mut self, authorization: Authorization, client: &Client) -> Answer {
        match self.settings.consent {
            Consent::Ask => {
                let scopes = authorization.scopes.clone();
                let request = self.ask(ConsentRequest::Authorize(authorization));
                pages::consent(&request, &client.name, &scopes, None)
            }
            Consent::Deny => self.decide_authorization(authorization, false),
            Consent::Approve | Consent::Granted => self.decide_authorization(authorization, true),
        }
    }

    fn decide_authorization(&mut self, authorization: Authorization, approved: bool) -> Answer {
        if !approved {
            return callback_error(&authorization, "access_denied", &self.settings.denial);
        }
        let code = self.issue(secrets::code());
        let redirect = callback(&authorization, &[("code", &code)]);
        let session = self.sign_in();
        let expires_at = self.now() + self.settings.code_lifetime;
        let granted = Code {
            authorization,
            session,
            expires_at,
        };
        self.codes.insert(code, granted);
        redirect
    }

    /// Keeps a request for consent and returns the name that its form goes by.
    pub(crate) fn ask(&mut self, request: ConsentRequest) -> String {
        let name = secrets::random_hex();
        self.consents.insert(name.clone(), request);
        name
    }

    /// `POST /consent`: a button was pressed.
    pub(crate) fn decide(&mut self, request: &Request) -> Answer {
        let form: HashMap<String, String> = form_fields(&request.body);
        let approved = match form.get("decision").map(String::as_str) {
            Some("allow") => true,
            Some("deny") => false,
            _ => return pages::failure("No decision", "Press one of the buttons."),
        };
        let name = form.get("request").map_or("", String::as_str);
        match self.consents.remove(name) {
            None => pages::failure("This page was used before", "Start the sign-in again."),
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

/// The registered URI has no port; the request's may have any (RFC 8252 §7.3).
fn matches_registered(redirect_uri: &str, registered: &[String]) -> bool {
    let Some(rest) = redirect_uri.strip_prefix("http://127.0.0.1:") else {
        return registered.iter().any(|uri| uri == redirect_uri);
    };
    let (port, path) = rest.split_once('/').unwrap_or((rest, ""));
    let portless = format!("http://127.0.0.1/{path}");
    port.parse::<u16>().is_ok() && registered.contains(&portless)
}

type Flaw = (&'static str, &'static str);

fn flaw_of_client(client: &Client, expired: bool) -> Option<Flaw> {
    if expired {
        Some(("invalid_request", "the client's registration has expired"))
    } else if !client.may_use(AUTHORIZATION_CODE) {
        Some((
            "unauthorized_client",
            "the client is not registered for the authorization code grant",
        ))
    } else {
        None
    }
}

fn flaw_of_request(query: &HashMap<String, String>) -> Option<Flaw> {
    let is = |name: &str, value: &str| query.get(name).is_some_and(|given| given == value);
    let challenge = query.get("code_challenge").map_or("", String::as_str);
    if !is("response_type", "code") {
        Some(("unsupported_response_type", "response_type has to be code"))
    } else if !is("code_challenge_method", "S256") {
        Some(("invalid_request", "code_challenge_method has to be S256"))
    } else if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
        Some((
            "invalid_request",
            "code_challenge is no SHA-256 in base64url",
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

fn flaw_of_scopes(scopes: &[String], client: &Client) -> Option<Flaw> {
    let registered = |scope: &String| client.scopes.contains(scope);
    if scopes.is_empty() {
        Some(("invalid_scope", "scopes is missing"))
    } else if !scopes.iter().all(registered) {
        Some(("invalid_scope", "a scope was not registered"))
    } else {
        None
    }
}

fn callback_error(authorization: &Authorization, error: &str, description: &str) -> Answer {
    let answer = [("error", error), ("error_description", description)];
    callback(authorization, &answer)
}

fn callback(authorization: &Authorization, answer: &[(&str, &str)]) -> Answer {
    let state = ("state", authorization.state.as_str());
    let encode = |value| utf8_percent_encode(value, NON_ALPHANUMERIC);
    let fields: Vec<String> = answer
        .iter()
        .chain([&state])
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let url = format!("{}?{}", authorization.redirect_uri, fields.join("&"));
    Answer::redirect(&url)
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
