//! Local credentials endpoint for a long-running command.
//!
//! Implements the container credential protocol of the AWS SDKs, with the variables
//! `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN`. Serves only a
//! `GET` of a random path with the expected `Host` and authorization token. The response to any
//! other request is an error status without a body.

mod refresher;

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use sso_session::clock::SharedClock;
use sso_session::loopback_server::{CONNECTION_TIMEOUT, Request, Response, Server};
use sso_types::{AccountId, Secret, hex, timestamp};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use crate::credentials::Credentials;
use crate::error::Error;
use refresher::Refresher;

pub use refresher::RefreshFailure;

/// Variables that point an SDK at the endpoint: its URL, and the value that the SDKs send in the
/// `Authorization` header.
pub const VARIABLES: [&str; 2] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// Lifetime in the responses for credentials that do not expire. The SDKs require an expiry.
const STATIC_KEYS_LIFETIME: time::Duration = time::Duration::HOUR;

/// Credentials endpoint on 127.0.0.1 that refreshes its credentials. Dropping it closes the port.
pub struct CredentialEndpoint {
    server: Server,
    secrets: Arc<RequestSecrets>,
}

impl CredentialEndpoint {
    /// Serves `credentials` and replaces them with the result of `refresh`.
    ///
    /// Calls `refresh` 20 minutes before the credentials expire, or halfway through a lifetime of
    /// less than 40 minutes. Its argument is the minimum remaining lifetime of the new credentials.
    /// If `refresh` fails, it is called again after 30 seconds, or after a longer pause that the service
    /// requests, but not longer than an hour. The old credentials are served until they expire.
    /// Afterwards, each request compares `state`, the state of the files that a refresh depends on: if it
    /// has changed since, `refresh` is called at once.
    ///
    /// # Errors
    ///
    /// [`Error::Serve`] if no port or no random bytes are available, or no thread can be started.
    pub fn start<S: PartialEq + Send + 'static>(
        credentials: Credentials,
        refresh: impl FnMut(Duration) -> Result<Credentials, RefreshFailure> + Send + 'static,
        state: impl Fn() -> S + Send + 'static,
        clock: SharedClock,
    ) -> Result<Self, Error> {
        let secrets = Arc::new(RequestSecrets::generate().map_err(Error::Serve)?);
        let refresher = Refresher::new(credentials, refresh, state, clock.clone());
        let refresher = refresher.map_err(Error::Serve)?;
        let (serve_secrets, serve_clock) = (secrets.clone(), clock.clone());
        let serve =
            move |client: Arc<TcpStream>| serve(&client, &serve_clock, &serve_secrets, &refresher);
        let server = Server::bind(None, clock, serve);
        Ok(Self {
            server: server.map_err(Error::Serve)?,
            secrets,
        })
    }

    /// Returns the [`VARIABLES`] with their values, which are secrets.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, String); 2] {
        let uri = format!(
            "http://{}{}",
            self.server.address(),
            self.secrets.path.expose()
        );
        let token = self.secrets.token.expose().to_owned();
        let [uri_variable, token_variable] = VARIABLES;
        [(uri_variable, uri), (token_variable, token)]
    }
}

struct RequestSecrets {
    path: Secret,
    token: Secret,
}

impl RequestSecrets {
    fn generate() -> io::Result<Self> {
        Ok(Self {
            path: format!("/{}", random_hex()?).into(),
            token: random_hex()?.into(),
        })
    }

    fn allows(&self, request: &Request, host: &str) -> bool {
        let matches = |given: &[u8], expected: &Secret| given.ct_eq(expected.expose().as_bytes());
        let token = request.header("authorization").unwrap_or_default();
        let is_known = matches(token, &self.token) & matches(request.target.as_bytes(), &self.path);
        request.header("host") == Some(host.as_bytes()) && is_known.into()
    }
}

/// Returns 256 random bits.
fn random_hex() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(hex::encode(&bytes))
}

fn serve(client: &TcpStream, clock: &SharedClock, secrets: &RequestSecrets, refresher: &Refresher) {
    let request = Request::read(client, clock.as_ref(), CONNECTION_TIMEOUT);
    let (Ok(host), Ok(request)) = (client.local_addr(), request) else {
        return send_error(client, "400 Bad Request");
    };
    if !secrets.allows(&request, &host.to_string()) {
        return send_error(client, "403 Forbidden");
    }
    if request.method != "GET" {
        return send_error(client, "405 Method Not Allowed");
    }
    let (status, body) = match refresher.credentials() {
        Ok(credentials) => ("200 OK", credentials_json(&credentials, refresher.now())),
        Err(reason) => ("503 Service Unavailable", error_json(&reason)),
    };
    let response = Response {
        status,
        headers: "Content-Type: application/json\r\n",
        body: &body,
    };
    response.send(client);
}

fn send_error(client: &TcpStream, status: &str) {
    let response = Response {
        status,
        headers: "",
        body: "",
    };
    response.send(client);
}

/// Returns the response body. botocore requires all fields except the account ID.
fn credentials_json(credentials: &Credentials, now: OffsetDateTime) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct CredentialsBody<'a> {
        access_key_id: &'a str,
        secret_access_key: &'a str,
        token: &'a str,
        expiration: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        account_id: Option<&'a str>,
    }
    let token = credentials.session_token.as_ref();
    let expires_at = credentials.expires_at.unwrap_or(now + STATIC_KEYS_LIFETIME);
    to_json(&CredentialsBody {
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.expose(),
        token: token.map(Secret::expose).unwrap_or_default(),
        expiration: timestamp::format(expires_at),
        account_id: credentials.account_id.as_ref().map(AccountId::as_str),
    })
}

fn error_json(reason: &str) -> String {
    #[derive(Serialize)]
    struct ErrorBody<'a> {
        code: &'a str,
        message: &'a str,
    }
    to_json(&ErrorBody {
        code: "CredentialsUnavailable",
        message: reason,
    })
}

fn to_json(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("strings can be serialized as JSON")
}
