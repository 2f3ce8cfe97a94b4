//! A client that does everything right, unless a test lets it do otherwise.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_center_emulator::Emulator;
use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use ureq::Agent;

pub(crate) const SCOPE: &str = "sso:account:access";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:1/oauth/callback";

/// An answer of the emulator.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn text_of(&self, field: &str) -> &str {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {self:?}"))
    }

    /// Asserts that the OIDC service refused, with the exception and the status that belong to
    /// `error`.
    #[track_caller]
    pub(crate) fn refused(&self, error: &str) {
        let (exception, status) = match error {
            "authorization_pending" => ("AuthorizationPendingException", 400),
            "slow_down" => ("SlowDownException", 400),
            "expired_token" => ("ExpiredTokenException", 400),
            "access_denied" => ("AccessDeniedException", 400),
            "invalid_client" => ("InvalidClientException", 401),
            "invalid_client_metadata" => ("InvalidClientMetadataException", 400),
            "invalid_grant" => ("InvalidGrantException", 400),
            "invalid_redirect_uri" => ("InvalidRedirectUriException", 400),
            "invalid_request" => ("InvalidRequestException", 400),
            "invalid_scope" => ("InvalidScopeException", 400),
            "server_error" => ("InternalServerException", 500),
            "unauthorized_client" => ("UnauthorizedClientException", 400),
            "unsupported_grant_type" => ("UnsupportedGrantTypeException", 400),
            other => panic!("unknown error {other}"),
        };
        let got = (
            &self.body["error"],
            self.status,
            self.headers.get("x-amzn-errortype"),
        );
        assert_eq!(
            got,
            (&json!(error), status, Some(&exception.to_owned())),
            "{self:?}"
        );
        assert!(self.body["error_description"].is_string(), "{self:?}");
    }

    /// Asserts that the portal refused, with this exception and status.
    #[track_caller]
    pub(crate) fn refused_by_portal(&self, exception: &str, status: u16) {
        let got = (self.status, self.headers.get("x-amzn-errortype"));
        assert_eq!(got, (status, Some(&exception.to_owned())), "{self:?}");
        assert!(self.body["message"].is_string(), "{self:?}");
    }
}

pub(crate) fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0);
    config
        .max_redirects_will_error(false)
        .proxy(None)
        .build()
        .into()
}

pub(crate) fn post(server: &Emulator, path: &str, body: &Value) -> Answer {
    let request = agent().post(format!("{}{path}", server.url()));
    read(
        request
            .content_type("application/json")
            .send(body.to_string()),
    )
}

pub(crate) fn get(server: &Emulator, target: &str, bearer: &str) -> Answer {
    let request = agent().get(format!("{}{target}", server.url()));
    read(request.header("x-amz-sso_bearer_token", bearer).call())
}

pub(crate) fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = response.expect("the emulator answers");
    let headers = response.headers().iter();
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    let headers = headers.collect();
    let text = response
        .body_mut()
        .read_to_string()
        .expect("the answer is text");
    Answer {
        status: response.status().as_u16(),
        headers,
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
    }
}

/// Returns a right registration for the authorization code grant, with `changes` made to it.
pub(crate) fn pkce_registration(changes: &Value) -> Value {
    let right = json!({
        "clientName": "aws-sso-tools-test",
        "clientType": "public",
        "scopes": [SCOPE],
        "grantTypes": [AUTHORIZATION_CODE, REFRESH_TOKEN],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": "https://my-sso-portal.awsapps.com/start",
    });
    changed(right, changes)
}

/// Returns `right` with the fields of `changes` replaced, and removed where they are `null`.
pub(crate) fn changed(mut right: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().expect("changes are fields") {
        right[name] = value.clone();
    }
    let fields = right.as_object_mut().expect("it is an object");
    fields.retain(|_, value| !value.is_null());
    right
}

/// A registered client.
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Client {
    pub(crate) fn registered(server: &Emulator, registration: &Value) -> Self {
        let answer = post(server, "/client/register", registration);
        assert_eq!(answer.status, 200, "{answer:?}");
        Self {
            id: answer.text_of("clientId").to_owned(),
            secret: answer.text_of("clientSecret").to_owned(),
        }
    }

    pub(crate) fn for_pkce(server: &Emulator) -> Self {
        Self::registered(server, &pkce_registration(&json!({})))
    }

    pub(crate) fn for_device(server: &Emulator) -> Self {
        let registration = json!({
            "clientName": "aws-sso-tools-test",
            "clientType": "public",
            "scopes": [SCOPE],
        });
        Self::registered(server, &registration)
    }

    /// Returns the target of a right authorize request, with the fields of `changes` replaced.
    pub(crate) fn authorize_target(&self, changes: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut fields = BTreeMap::from([
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("state", "our state"),
            ("code_challenge_method", "S256"),
            ("scopes", SCOPE),
            ("code_challenge", challenge.as_str()),
        ]);
        fields.extend(changes.iter().copied());
        let encode = |value| utf8_percent_encode(value, NON_ALPHANUMERIC);
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let fields = fields.map(|(name, value)| format!("{name}={}", encode(value)));
        format!("/authorize?{}", fields.collect::<Vec<_>>().join("&"))
    }

    /// Has a code issued, on an emulator that needs no clicking.
    pub(crate) fn code(&self, server: &Emulator) -> String {
        let answer = get(server, &self.authorize_target(&[]), "");
        let location = answer.headers.get("location").expect("a redirect");
        let (_, code) = location.split_once("?code=").expect("a code");
        code.split('&').next().expect("a first part").to_owned()
    }

    pub(crate) fn start_device(&self, server: &Emulator) -> Answer {
        let body = json!({ "startUrl": "https://my-sso-portal.awsapps.com/start" });
        post(server, "/device_authorization", &self.signed(body))
    }

    pub(crate) fn create_token(&self, server: &Emulator, fields: Value) -> Answer {
        post(server, "/token", &self.signed(fields))
    }

    pub(crate) fn redeem(&self, server: &Emulator, code: &str, changes: &Value) -> Answer {
        let right = json!({
            "grantType": AUTHORIZATION_CODE,
            "code": code,
            "redirectUri": CALLBACK,
            "codeVerifier": VERIFIER,
        });
        self.create_token(server, changed(right, changes))
    }

    pub(crate) fn poll(&self, server: &Emulator, device_code: &str) -> Answer {
        let fields = json!({ "grantType": DEVICE_CODE, "deviceCode": device_code });
        self.create_token(server, fields)
    }

    pub(crate) fn refresh(&self, server: &Emulator, refresh_token: &str) -> Answer {
        let fields = json!({ "grantType": REFRESH_TOKEN, "refreshToken": refresh_token });
        self.create_token(server, fields)
    }

    fn signed(&self, fields: Value) -> Value {
        let credentials = json!({ "clientId": self.id, "clientSecret": self.secret });
        changed(fields, &credentials)
    }
}
