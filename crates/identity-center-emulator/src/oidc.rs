//! OIDC service, with a module for each operation.

mod authorize;
mod device;
mod registration;
mod token;

use serde_json::{Map, Value};
use wiremock::Request;

use crate::service_error::ServiceError;
use crate::state::{Client, State};

struct JsonBody(Map<String, Value>);

impl JsonBody {
    fn of(request: &Request) -> Result<Self, ServiceError> {
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(invalid_request("the body is not a JSON object")),
        }
    }

    fn text(&self, name: &str) -> Result<&str, ServiceError> {
        match self.0.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            _ => Err(invalid_request(&format!("{name} is missing"))),
        }
    }

    fn list(&self, name: &str) -> Result<Option<Vec<String>>, ServiceError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|_| invalid_request(&format!("{name} is not a list of strings"))),
        }
    }
}

fn invalid_request(description: &str) -> ServiceError {
    ServiceError::oidc("invalid_request", description)
}

impl State {
    fn authenticate(&self, fields: &JsonBody) -> Result<(String, Client), ServiceError> {
        let client_id = fields.text("clientId")?;
        let secret = fields.text("clientSecret")?;
        match self.clients.get(client_id) {
            None => Err(ServiceError::oidc("invalid_client", "unknown client")),
            Some(client) if client.secret != secret => {
                Err(ServiceError::oidc("invalid_client", "wrong client secret"))
            }
            Some(client) if client.expires_at <= self.now() => Err(ServiceError::oidc(
                "invalid_client",
                "the registration has expired",
            )),
            Some(client) => Ok((client_id.to_owned(), client.clone())),
        }
    }
}
