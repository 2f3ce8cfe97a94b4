//! Federation endpoint of AWS Sign-In: sign-in to the console with temporary credentials.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use wiremock::Request;

use crate::pages;
use crate::response::Response;
use crate::secrets;
use crate::state::{AccessKey, State};

/// Lifetime of a sign-in token.
const TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);

const FIELDS: [&str; 3] = ["sessionId", "sessionKey", "sessionToken"];

type Parameters = BTreeMap<String, String>;

impl State {
    /// Responds to `getSigninToken`. Secrets in a query, unknown parameters and repeated ones are refused.
    pub(crate) fn get_signin_token(&mut self, request: &Request) -> Response {
        match self.check_session(request) {
            Ok(()) => {
                let token = self.record_secret(secrets::signin_token());
                let expires_at = self.now() + TOKEN_LIFETIME;
                self.signin_tokens.insert(token.clone(), expires_at);
                Response::json(&json!({ "SigninToken": token }))
            }
            Err(reason) => refused(reason),
        }
    }

    fn check_session(&self, request: &Request) -> Result<(), &'static str> {
        if request.method.as_str() != "POST" || request.url.query().is_some() {
            return Err("credentials must be in the body of a POST request");
        }
        let form = parameters(form_urlencoded::parse(&request.body))?;
        check_names(&form, &["Action", "Session", "SessionDuration"])?;
        if form.get("Action").map(String::as_str) != Some("getSigninToken") {
            return Err("unknown Action");
        }
        let session = form.get("Session").ok_or("Session is missing")?;
        let session: BTreeMap<String, Value> =
            serde_json::from_str(session).map_err(|_| "Session is not a JSON object")?;
        let [id, secret, token] = FIELDS.map(|name| session.get(name).and_then(Value::as_str));
        let key = id.and_then(|id| self.access_keys.get(id));
        let key = key.ok_or("unknown credentials")?;
        let is_known = secret == Some(&key.secret) && token == key.token.as_deref();
        if session.len() != FIELDS.len() || !is_known {
            return Err("unknown credentials");
        }
        if key.expires_at.is_some_and(|at| at <= self.now()) {
            return Err("the credentials have expired");
        }
        check_duration(form.get("SessionDuration"), key)
    }

    /// Shows the page that the browser would be redirected to. A token signs in once.
    pub(crate) fn console_sign_in(&mut self, request: &Request) -> Response {
        match self.destination_of(request) {
            Ok(destination) => pages::console(&destination),
            Err(reason) => pages::failure("Sign-in failed", reason),
        }
    }

    fn destination_of(&mut self, request: &Request) -> Result<String, &'static str> {
        let query = parameters(request.url.query_pairs())?;
        check_names(&query, &["Action", "Issuer", "Destination", "SigninToken"])?;
        let token = query.get("SigninToken").ok_or("SigninToken is missing")?;
        let destination = query.get("Destination").ok_or("Destination is missing")?;
        if !destination.starts_with("https://") {
            return Err("Destination is not an https URL");
        }
        let expires_at = self.signin_tokens.remove(token).ok_or("unknown token")?;
        if expires_at <= self.now() {
            return Err("the token has expired");
        }
        Ok(destination.clone())
    }

    /// Redirects to the next page, like the sign-out of the console.
    pub(crate) fn console_sign_out(request: &Request) -> Response {
        let query = parameters(request.url.query_pairs());
        let action = |query: &Parameters| query.get("Action").is_some_and(|it| it == "logout");
        match query.ok().filter(action) {
            Some(query) => match query.get("redirect_uri") {
                Some(next) => Response::redirect(next),
                None => pages::failure("Signed out", "There is no next page."),
            },
            None => pages::failure("Bad request", "unknown Action"),
        }
    }
}

/// Only a role that was assumed with the keys of an IAM user accepts a duration.
fn check_duration(duration: Option<&String>, key: &AccessKey) -> Result<(), &'static str> {
    let Some(duration) = duration else {
        return Ok(());
    };
    match duration.parse::<u32>() {
        Ok(900..=43_200) if key.accepts_console_duration => Ok(()),
        Ok(900..=43_200) => Err("SessionDuration is not allowed for these credentials"),
        _ => Err("SessionDuration is not valid"),
    }
}

fn parameters<N: Into<String>, V: Into<String>>(
    pairs: impl Iterator<Item = (N, V)>,
) -> Result<Parameters, &'static str> {
    let mut parameters = Parameters::new();
    for (name, value) in pairs {
        if parameters.insert(name.into(), value.into()).is_some() {
            return Err("a parameter occurs twice");
        }
    }
    Ok(parameters)
}

fn check_names(parameters: &Parameters, known: &[&str]) -> Result<(), &'static str> {
    let mut names = parameters.keys();
    if names.all(|name| known.contains(&name.as_str())) {
        Ok(())
    } else {
        Err("unknown parameter")
    }
}

/// Returns the error page, which is HTML like that of the service.
fn refused(reason: &str) -> Response {
    pages::failure("400 Bad Request", reason)
}
