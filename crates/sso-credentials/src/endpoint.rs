//! Local credentials endpoint for a command that runs longer than its credentials are valid, by the
//! container protocol of the SDKs: `AWS_CONTAINER_CREDENTIALS_FULL_URI` and
//! `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
//!
//! Serves only a `GET` of a random path with the expected `Host` and authorization token. Any other
//! request gets an error status without a body.

mod refresher;

use std::fmt;
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

/// Variable from which the SDKs read the URL.
const URI_VARIABLE: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// Variable from which the SDKs read the value of the `Authorization` header.
const TOKEN_VARIABLE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/// Lifetime in responses for credentials that do not expire.
const STATIC_KEYS_LIFETIME: time::Duration = time::Duration::HOUR;

/// Server on 127.0.0.1 that serves credentials and refreshes them. Dropping it closes the port.
pub struct CredentialEndpoint {
    server: Server,
    access: Arc<Access>,
}

impl CredentialEndpoint {
    /// Serves `credentials`, and the result of `refresh` after they are due: 20 minutes before they
    /// expire, or in the middle of a shorter lifetime. The argument of `refresh` is the minimum
    /// remaining lifetime of the new credentials. If it fails, it is called again 30 seconds later,
    /// and the old credentials are served until they expire.
    ///
    /// # Errors
    ///
    /// [`Error::Serve`].
    pub fn start<E: fmt::Display>(
        credentials: Credentials,
        refresh: impl FnMut(Duration) -> Result<Credentials, E> + Send + 'static,
        clock: SharedClock,
    ) -> Result<Self, Error> {
        let access = Arc::new(Access::generate().map_err(Error::Serve)?);
        let refresher = Refresher::new(credentials, refresh, clock.clone());
        let (serve_access, serve_clock) = (access.clone(), clock.clone());
        let serve =
            move |client: Arc<TcpStream>| serve(&client, &serve_clock, &serve_access, &refresher);
        let server = Server::bind(None, clock, serve);
        Ok(Self {
            server: server.map_err(Error::Serve)?,
            access,
        })
    }

    /// Returns the environment variables from which an SDK reads the URL and the authorization
    /// token.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, String); 2] {
        let uri = format!(
            "http://{}{}",
            self.server.address(),
            self.access.path.expose()
        );
        let token = self.access.token.expose().to_owned();
        [(URI_VARIABLE, uri), (TOKEN_VARIABLE, token)]
    }
}

/// Secrets that a request has to contain.
struct Access {
    path: Secret,
    token: Secret,
}

impl Access {
    fn generate() -> io::Result<Self> {
        Ok(Self {
            path: format!("/{}", random_text()?).into(),
            token: random_text()?.into(),
        })
    }

    fn allows(&self, request: &Request, host: &str) -> bool {
        let is = |given: &[u8], expected: &Secret| given.ct_eq(expected.expose().as_bytes());
        let token = request.header("authorization").unwrap_or_default();
        let is_known = is(token, &self.token) & is(request.target.as_bytes(), &self.path);
        request.header("host") == Some(host.as_bytes()) && is_known.into()
    }
}

/// Returns 256 random bits in hexadecimal.
fn random_text() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(hex::encode(&bytes))
}

fn serve(client: &TcpStream, clock: &SharedClock, access: &Access, refresher: &Refresher) {
    let request = Request::read(client, clock.as_ref(), CONNECTION_TIMEOUT);
    let (Ok(host), Ok(request)) = (client.local_addr(), request) else {
        return refuse(client, "400 Bad Request");
    };
    if !access.allows(&request, &host.to_string()) {
        return refuse(client, "403 Forbidden");
    }
    if request.method != "GET" {
        return refuse(client, "405 Method Not Allowed");
    }
    let (status, body) = match refresher.credentials() {
        Ok(credentials) => ("200 OK", served(&credentials, refresher.now())),
        Err(reason) => ("503 Service Unavailable", unavailable(&reason)),
    };
    let response = Response {
        status,
        headers: "Content-Type: application/json\r\n",
        body: &body,
    };
    response.send(client);
}

fn refuse(client: &TcpStream, status: &str) {
    let response = Response {
        status,
        headers: "",
        body: "",
    };
    response.send(client);
}

/// Returns the response that botocore and the other SDKs read. All fields except the account are
/// required.
fn served(credentials: &Credentials, now: OffsetDateTime) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Served<'a> {
        access_key_id: &'a str,
        secret_access_key: &'a str,
        token: &'a str,
        expiration: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        account_id: Option<&'a str>,
    }
    let token = credentials.session_token.as_ref();
    let expires_at = credentials.expires_at.unwrap_or(now + STATIC_KEYS_LIFETIME);
    in_json(&Served {
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.expose(),
        token: token.map(Secret::expose).unwrap_or_default(),
        expiration: timestamp::format(expires_at),
        account_id: credentials.account_id.as_ref().map(AccountId::as_str),
    })
}

fn unavailable(reason: &str) -> String {
    #[derive(Serialize)]
    struct Unavailable<'a> {
        code: &'a str,
        message: &'a str,
    }
    in_json(&Unavailable {
        code: "CredentialsUnavailable",
        message: reason,
    })
}

fn in_json(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("strings have a form in JSON")
}
