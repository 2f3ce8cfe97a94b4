//! OIDC service, with a module for each operation.

mod authorize;
mod device;
mod registration;
mod token;

use serde_json::{Map, Value};
use wiremock::Request;

use crate::refusal::Refusal;
use crate::state::{Client, State};

/// Fields of the JSON body of a request.
struct Fields(Map<String, Value>);

impl Fields {
    fn of(request: &Request) -> Result<Self, Refusal> {
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(invalid_request("the body is not a JSON object")),
        }
    }

    fn text(&self, name: &str) -> Result<&str, Refusal> {
        match self.0.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            _ => Err(invalid_request(&format!("{name} is missing"))),
        }
    }

    /// Returns a list of strings; `None` if the field is missing.
    fn list(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|_| invalid_request(&format!("{name} is not a list of strings"))),
        }
    }
}

fn invalid_request(description: &str) -> Refusal {
    Refusal::oidc("invalid_request", description)
}

impl State {
    /// Returns the client of the request. A wrong secret or an expired registration is an error.
    fn authenticate(&self, fields: &Fields) -> Result<(String, Client), Refusal> {
        let client_id = fields.text("clientId")?;
        let secret = fields.text("clientSecret")?;
        match self.clients.get(client_id) {
            None => Err(Refusal::oidc("invalid_client", "unknown client")),
            Some(client) if client.secret != secret => {
                Err(Refusal::oidc("invalid_client", "wrong client secret"))
            }
            Some(client) if client.expires_at <= self.now() => Err(Refusal::oidc(
                "invalid_client",
                "the registration has expired",
            )),
            Some(client) => Ok((client_id.to_owned(), client.clone())),
        }
    }
}
