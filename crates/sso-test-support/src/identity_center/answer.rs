//! An answer before it goes out, and a refusal, which becomes one.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::clock::system_time;
use super::secrets::random_hex;

/// An HTTP answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    date_skew: i64,
}

impl Answer {
    pub(crate) fn empty() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
            date_skew: 0,
        }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::json_text(200, &body.to_string())
    }

    pub(crate) fn json_text(status: u16, body: &str) -> Self {
        Self {
            status,
            body: body.as_bytes().to_vec(),
            ..Self::empty()
        }
        .with_header("Content-Type", "application/json")
    }

    pub(crate) fn xml(status: u16, body: &str) -> Self {
        Self {
            status,
            body: body.as_bytes().to_vec(),
            ..Self::empty()
        }
        .with_header("Content-Type", "text/xml")
    }

    pub(crate) fn html(status: u16, body: String) -> Self {
        Self {
            status,
            body: body.into_bytes(),
            ..Self::empty()
        }
        .with_header("Content-Type", "text/html; charset=utf-8")
        .with_header("Cache-Control", "no-store")
        .with_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    }

    pub(crate) fn redirect(url: &str) -> Self {
        Self {
            status: 302,
            ..Self::empty()
        }
        .with_header("Location", url)
        .with_header("Cache-Control", "no-store")
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn skewed(mut self, seconds: i64) -> Self {
        self.date_skew = seconds;
        self
    }

    /// Merges `fields` into a JSON object; any other body stays.
    pub(crate) fn amended(mut self, fields: &Value) -> Self {
        if let Ok(mut body) = serde_json::from_slice(&self.body) {
            merge(&mut body, fields);
            self.body = body.to_string().into_bytes();
        }
        self
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn into_template(self, latency: Duration) -> ResponseTemplate {
        let mut template = ResponseTemplate::new(self.status)
            .set_body_bytes(self.body)
            .insert_header("x-amzn-RequestId", request_id())
            .insert_header("Date", http_date(self.date_skew))
            .set_delay(latency);
        for (name, value) in self.headers {
            template = template.insert_header(name, value);
        }
        template
    }
}

/// A form may lead to the program's callback on whatever port it listens.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    form-action 'self' http://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'";

/// RFC 7386.
fn merge(body: &mut Value, fields: &Value) {
    let (Value::Object(body), Value::Object(fields)) = (&mut *body, fields) else {
        *body = fields.clone();
        return;
    };
    for (name, value) in fields {
        if value.is_null() {
            body.remove(name);
        } else {
            merge(body.entry(name).or_insert(Value::Null), value);
        }
    }
}

fn request_id() -> String {
    let hex = random_hex();
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

/// The time of the machine, not the emulator's own: a client compares it with its clock.
fn http_date(skew: i64) -> String {
    let amount = Duration::from_secs(skew.unsigned_abs());
    let now: SystemTime = system_time();
    let date = if skew < 0 { now - amount } else { now + amount };
    httpdate::fmt_http_date(date)
}

/// The service says no: what it says, and with which status.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) exception: &'static str,
    pub(crate) body: Value,
}

impl Refusal {
    /// Refuses as the OIDC service does.
    pub(crate) fn oidc(error: &str, description: &str) -> Self {
        let &(error, exception, status) = OIDC_ERRORS
            .iter()
            .find(|(name, _, _)| *name == error)
            .unwrap_or_else(|| panic!("the OIDC service has no error {error}"));
        Self {
            status,
            exception,
            body: json!({ "error": error, "error_description": description }),
        }
    }

    /// Refuses as the access portal does.
    pub(crate) fn portal(exception: &str, message: &str) -> Self {
        let &(exception, status) = PORTAL_ERRORS
            .iter()
            .find(|(name, _)| *name == exception)
            .unwrap_or_else(|| panic!("the portal has no {exception}"));
        Self {
            status,
            exception,
            body: json!({ "message": message }),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json_text(refusal.status, &refusal.body.to_string())
            .with_header("x-amzn-ErrorType", refusal.exception)
    }
}

/// STS says no, which it does in XML.
#[derive(Clone, Debug)]
pub(crate) struct StsRefusal {
    code: &'static str,
    status: u16,
    message: String,
}

impl StsRefusal {
    pub(crate) fn new(code: &str, message: &str) -> Self {
        let &(code, status) = STS_ERRORS
            .iter()
            .find(|(name, _)| *name == code)
            .unwrap_or_else(|| panic!("STS has no error {code}"));
        Self {
            code,
            status,
            message: message.to_owned(),
        }
    }
}

impl From<StsRefusal> for Answer {
    fn from(refusal: StsRefusal) -> Self {
        let StsRefusal {
            code,
            status,
            message,
        } = refusal;
        let side = if status < 500 { "Sender" } else { "Receiver" };
        Self::xml(
            status,
            &format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
                 <Type>{side}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>{}</RequestId></ErrorResponse>",
                random_hex()
            ),
        )
    }
}

/// `error`, exception and status, as the service model of `sso-oidc` has them.
const OIDC_ERRORS: [(&str, &str, u16); 14] = [
    ("access_denied", "AccessDeniedException", 400),
    (
        "authorization_pending",
        "AuthorizationPendingException",
        400,
    ),
    ("expired_token", "ExpiredTokenException", 400),
    ("invalid_client", "InvalidClientException", 401),
    (
        "invalid_client_metadata",
        "InvalidClientMetadataException",
        400,
    ),
    ("invalid_grant", "InvalidGrantException", 400),
    ("invalid_redirect_uri", "InvalidRedirectUriException", 400),
    ("invalid_request", "InvalidRequestException", 400),
    ("invalid_scope", "InvalidScopeException", 400),
    ("server_error", "InternalServerException", 500),
    ("slow_down", "SlowDownException", 400),
    ("temporarily_unavailable", "InternalServerException", 500),
    ("unauthorized_client", "UnauthorizedClientException", 400),
    (
        "unsupported_grant_type",
        "UnsupportedGrantTypeException",
        400,
    ),
];

/// Exception and status, as the service model of `sso` has them, and those that every service
/// of AWS may answer with.
const PORTAL_ERRORS: [(&str, u16); 8] = [
    ("ForbiddenException", 403),
    ("InternalFailure", 500),
    ("InvalidRequestException", 400),
    ("ResourceNotFoundException", 404),
    ("ServiceUnavailable", 503),
    ("TooManyRequestsException", 429),
    ("UnauthorizedException", 401),
    ("UnknownOperationException", 404),
];

/// Code and status, as the service model of `sts` and the common errors of AWS's query services
/// have them.
const STS_ERRORS: [(&str, u16); 12] = [
    ("AccessDenied", 403),
    ("ExpiredToken", 403),
    ("IncompleteSignature", 400),
    ("InternalFailure", 500),
    ("InvalidAction", 400),
    ("InvalidClientTokenId", 403),
    ("MissingAuthenticationToken", 403),
    ("RegionDisabledException", 403),
    ("ServiceUnavailable", 503),
    ("SignatureDoesNotMatch", 403),
    ("Throttling", 400),
    ("ValidationError", 400),
];
