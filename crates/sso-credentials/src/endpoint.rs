//! Credentials for a command that outlives them, by the protocol that SDKs speak in a container:
//! `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
//!
//! One `GET` of a path that cannot be guessed, with the `Host` that was handed out and a token,
//! is answered; anything else gets an empty refusal.

mod renewal;

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
use renewal::Renewed;

/// Where the SDKs read the address.
const URI_VARIABLE: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// Where they read what they send as `Authorization`.
const TOKEN_VARIABLE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/// How soon an SDK should ask again for what never expires.
const ASK_AGAIN_IN: time::Duration = time::Duration::HOUR;

/// A server on 127.0.0.1 that hands out credentials and keeps them fresh. Dropping it closes the
/// port.
pub struct CredentialEndpoint {
    server: Server,
    door: Arc<Door>,
}

impl CredentialEndpoint {
    /// Serves `credentials`, and what `renew` returns once they are due: 20 minutes before they
    /// expire, or in the middle of a shorter life. `renew` is told how long its credentials should
    /// be valid; where it fails, it is asked again half a minute later, and the old ones serve
    /// until they expire.
    ///
    /// # Errors
    ///
    /// [`Error::Serve`].
    pub fn start<E: fmt::Display>(
        credentials: Credentials,
        renew: impl FnMut(Duration) -> Result<Credentials, E> + Send + 'static,
        clock: SharedClock,
    ) -> Result<Self, Error> {
        let door = Arc::new(Door::locked().map_err(Error::Serve)?);
        let renewed = Renewed::new(credentials, renew, clock.clone());
        let (locked, serve_clock) = (door.clone(), clock.clone());
        let serve = move |client: Arc<TcpStream>| serve(&client, &serve_clock, &locked, &renewed);
        let server = Server::bind(None, clock, serve);
        Ok(Self {
            server: server.map_err(Error::Serve)?,
            door,
        })
    }

    /// Returns the environment variables by which an SDK finds its way here, the token among
    /// them.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, String); 2] {
        let uri = format!(
            "http://{}{}",
            self.server.address(),
            self.door.path.expose()
        );
        let token = self.door.token.expose().to_owned();
        [(URI_VARIABLE, uri), (TOKEN_VARIABLE, token)]
    }
}

/// What a request has to know.
struct Door {
    path: Secret,
    token: Secret,
}

impl Door {
    fn locked() -> io::Result<Self> {
        Ok(Self {
            path: format!("/{}", random_text()?).into(),
            token: random_text()?.into(),
        })
    }

    fn opens_to(&self, request: &Request, host: &str) -> bool {
        let is = |given: &[u8], expected: &Secret| given.ct_eq(expected.expose().as_bytes());
        let token = request.header("authorization").unwrap_or_default();
        let is_known = is(token, &self.token) & is(request.target.as_bytes(), &self.path);
        request.header("host") == Some(host.as_bytes()) && is_known.into()
    }
}

/// 256 random bits in hexadecimal.
fn random_text() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(hex::encode(&bytes))
}

fn serve(client: &TcpStream, clock: &SharedClock, door: &Door, renewed: &Renewed) {
    let request = Request::read(client, clock.as_ref(), CONNECTION_TIMEOUT);
    let (Ok(host), Ok(request)) = (client.local_addr(), request) else {
        return refuse(client, "400 Bad Request");
    };
    if !door.opens_to(&request, &host.to_string()) {
        return refuse(client, "403 Forbidden");
    }
    if request.method != "GET" {
        return refuse(client, "405 Method Not Allowed");
    }
    let (status, body) = match renewed.credentials() {
        Ok(credentials) => ("200 OK", served(&credentials, renewed.now())),
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

/// The fields that botocore and the other SDKs read; they want all of them but the account.
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
    let expires_at = credentials.expires_at.unwrap_or(now + ASK_AGAIN_IN);
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
    serde_json::to_string(document).expect("texts become JSON")
}
