use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wiremock::ResponseTemplate;

use crate::clock::system_time;
use crate::secrets::random_hex;

#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    date_skew: i64,
}

impl Response {
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

    /// Returns a page that may run `script`, which must be in it. Source: `hash-source` in CSP Level 3.
    pub(crate) fn html_with_script(status: u16, body: String, script: &str) -> Self {
        let mut response = Self::html(status, body);
        let hash = STANDARD.encode(Sha256::digest(script));
        for (name, value) in &mut response.headers {
            if *name == "Content-Security-Policy" {
                *value = format!("{value}; script-src 'sha256-{hash}'");
            }
        }
        response
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

    pub(crate) fn with_date_skew(mut self, seconds: i64) -> Self {
        self.date_skew = seconds;
        self
    }

    /// Merges `fields` into a JSON body. Any other body stays unchanged.
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

/// Policy for the pages. `form-action` includes the redirect URI of a client, on any port.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    form-action 'self' http://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'";

/// Applies a JSON merge patch (RFC 7386).
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

/// Returns the machine's time, not the emulator's, because clients compare it with their own
/// clocks.
fn http_date(skew: i64) -> String {
    let amount = Duration::from_secs(skew.unsigned_abs());
    let now = system_time();
    let date = if skew < 0 { now - amount } else { now + amount };
    httpdate::fmt_http_date(date)
}
