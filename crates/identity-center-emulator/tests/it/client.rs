//! Client whose requests are valid unless a test changes them.

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

#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl TestResponse {
    pub(crate) fn text_of(&self, field: &str) -> &str {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {self:?}"))
    }

    #[track_caller]
    pub(crate) fn assert_oidc_error(&self, error: &str) {
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
        let actual = (
            &self.body["error"],
            self.status,
            self.headers.get("x-amzn-errortype"),
        );
        assert_eq!(
            actual,
            (&json!(error), status, Some(&exception.to_owned())),
            "{self:?}"
        );
        assert!(self.body["error_description"].is_string(), "{self:?}");
    }

    #[track_caller]
    pub(crate) fn assert_portal_error(&self, exception: &str, status: u16) {
        let actual = (self.status, self.headers.get("x-amzn-errortype"));
        assert_eq!(actual, (status, Some(&exception.to_owned())), "{self:?}");
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

pub(crate) fn post(server: &Emulator, path: &str, body: &Value) -> TestResponse {
    let request = agent().post(format!("{}{path}", server.url()));
    read(
        request
            .content_type("application/json")
            .send(body.to_string()),
    )
}

pub(crate) fn get(server: &Emulator, target: &str, bearer: &str) -> TestResponse {
    let request = agent().get(format!("{}{target}", server.url()));
    read(request.header("x-amz-sso_bearer_token", bearer).call())
}

pub(crate) fn read(
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> TestResponse {
    let mut response = response.expect("the emulator responds");
    let headers = response.headers().iter();
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    let headers = headers.collect();
    let text = response
        .body_mut()
        .read_to_string()
        .expect("the body is text");
    TestResponse {
        status: response.status().as_u16(),
        headers,
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
    }
}

/// Returns a valid registration for the authorization code grant, with `changes` applied.
pub(crate) fn pkce_registration(changes: &Value) -> Value {
    let valid = json!({
        "clientName": "aws-sso-tools-test",
        "clientType": "public",
        "scopes": [SCOPE],
        "grantTypes": [AUTHORIZATION_CODE, REFRESH_TOKEN],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": "https://my-sso-portal.awsapps.com/start",
    });
    with_changes(valid, changes)
}

/// Returns `valid` with the fields of `changes` replaced, or removed if they are `null`.
pub(crate) fn with_changes(mut valid: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().expect("the changes are an object") {
        valid[name] = value.clone();
    }
    let fields = valid.as_object_mut().expect("the document is an object");
    fields.retain(|_, value| !value.is_null());
    valid
}

pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Client {
    pub(crate) fn registered(server: &Emulator, registration: &Value) -> Self {
        let response = post(server, "/client/register", registration);
        assert_eq!(response.status, 200, "{response:?}");
        Self {
            id: response.text_of("clientId").to_owned(),
            secret: response.text_of("clientSecret").to_owned(),
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

    /// Returns the target of a valid authorize request, with `changes` applied. An empty value
    /// removes a field.
    pub(crate) fn authorize_target(&self, changes: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut fields = BTreeMap::from([
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("state", "test state"),
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

    pub(crate) fn code(&self, server: &Emulator) -> String {
        let response = get(server, &self.authorize_target(&[]), "");
        let location = response.headers.get("location").expect("a redirect");
        let (_, code) = location.split_once("?code=").expect("a code");
        code.split('&').next().expect("a first part").to_owned()
    }

    pub(crate) fn start_device(&self, server: &Emulator) -> TestResponse {
        let body = json!({ "startUrl": "https://my-sso-portal.awsapps.com/start" });
        post(
            server,
            "/device_authorization",
            &self.with_credentials(body),
        )
    }

    pub(crate) fn create_token(&self, server: &Emulator, fields: Value) -> TestResponse {
        post(server, "/token", &self.with_credentials(fields))
    }

    pub(crate) fn redeem(&self, server: &Emulator, code: &str, changes: &Value) -> TestResponse {
        let valid = json!({
            "grantType": AUTHORIZATION_CODE,
            "code": code,
            "redirectUri": CALLBACK,
            "codeVerifier": VERIFIER,
        });
        self.create_token(server, with_changes(valid, changes))
    }

    pub(crate) fn poll(&self, server: &Emulator, device_code: &str) -> TestResponse {
        let fields = json!({ "grantType": DEVICE_CODE, "deviceCode": device_code });
        self.create_token(server, fields)
    }

    pub(crate) fn refresh(&self, server: &Emulator, refresh_token: &str) -> TestResponse {
        let fields = json!({ "grantType": REFRESH_TOKEN, "refreshToken": refresh_token });
        self.create_token(server, fields)
    }

    fn with_credentials(&self, fields: Value) -> Value {
        let credentials = json!({ "clientId": self.id, "clientSecret": self.secret });
        with_changes(fields, &credentials)
    }
}
