//! What can be asked of the emulator, and the record of what was.

use std::collections::BTreeMap;

use serde_json::Value;
use wiremock::Request;

/// One thing that the emulator can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `POST /client/register`
    RegisterClient,
    /// `POST /device_authorization`
    StartDeviceAuthorization,
    /// `POST /token`
    CreateToken,
    /// `GET /federation/credentials`
    GetRoleCredentials,
    /// `GET /assignment/accounts`
    ListAccounts,
    /// `GET /assignment/roles`
    ListAccountRoles,
    /// `POST /logout`
    Logout,
    /// `POST /` at STS
    AssumeRole,
    /// `GET /authorize`, which a browser opens.
    Authorize,
    /// Any other page for a browser: the device page, the decision on a consent page.
    Page,
    /// Nothing that the emulator knows.
    Unknown,
}

impl Operation {
    /// The operations that a program calls; a browser does the others.
    pub const API: [Self; 8] = [
        Self::RegisterClient,
        Self::StartDeviceAuthorization,
        Self::CreateToken,
        Self::GetRoleCredentials,
        Self::ListAccounts,
        Self::ListAccountRoles,
        Self::Logout,
        Self::AssumeRole,
    ];

    pub(crate) fn of(request: &Request) -> Self {
        match (request.method.as_str(), request.url.path()) {
            ("POST", "/client/register") => Self::RegisterClient,
            ("POST", "/device_authorization") => Self::StartDeviceAuthorization,
            ("POST", "/token") => Self::CreateToken,
            ("GET", "/federation/credentials") => Self::GetRoleCredentials,
            ("GET", "/assignment/accounts") => Self::ListAccounts,
            ("GET", "/assignment/roles") => Self::ListAccountRoles,
            ("POST", "/logout") => Self::Logout,
            ("POST", "/") => Self::AssumeRole,
            ("GET", "/authorize") => Self::Authorize,
            ("GET" | "HEAD", "/" | "/start" | "/device") | ("POST", "/consent") => Self::Page,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn is_portal(self) -> bool {
        matches!(
            self,
            Self::GetRoleCredentials | Self::ListAccounts | Self::ListAccountRoles | Self::Logout
        )
    }
}

/// A request as the emulator received it, and the status that it answered with.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// What the request asked for.
    pub operation: Operation,
    /// The method, such as `POST`.
    pub method: String,
    /// The path and the query as sent.
    pub target: String,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
    /// The status of the answer.
    pub status: u16,
}

impl RecordedRequest {
    pub(crate) fn new(operation: Operation, request: &Request, status: u16) -> Self {
        let query = request.url.query().map(|query| format!("?{query}"));
        Self {
            operation,
            method: request.method.to_string(),
            target: format!("{}{}", request.url.path(), query.unwrap_or_default()),
            headers: request.headers.iter().map(text_of_header).collect(),
            body: request.body.clone(),
            status,
        }
    }

    /// Returns the parameters of a body that is a form.
    #[must_use]
    pub fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Returns the body as JSON, `null` where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn text_of_header<N: ToString, V: AsRef<[u8]>>((name, value): (N, V)) -> (String, String) {
    let value = String::from_utf8_lossy(value.as_ref()).into_owned();
    (name.to_string(), value)
}
