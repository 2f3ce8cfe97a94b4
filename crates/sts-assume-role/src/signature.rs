//! Signature Version 4. Source: "Create a signed AWS API request" in the IAM User Guide.

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::uri::Scheme;
use http::{HeaderValue, Request, Uri};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use sso_transport::RESERVED;
use sso_types::{Region, Secret, hex};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::error::StsError;

const SERVICE: &str = "sts";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const DATE_HEADER: &str = "x-amz-date";
const TOKEN_HEADER: &str = "x-amz-security-token";

/// Keys that sign a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeys {
    /// Access key ID.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: Secret,
    /// Session token of temporary keys.
    pub session_token: Option<Secret>,
}

impl SigningKeys {
    /// Returns the secrets that a request contains. The secret access key is not one of them.
    pub(crate) fn sent_secrets(&self) -> Vec<&str> {
        self.session_token.iter().map(Secret::expose).collect()
    }
}

pub(crate) fn signed_post(
    uri: &Uri,
    form: String,
    keys: &SigningKeys,
    region: &Region,
    now: OffsetDateTime,
) -> Result<Request<Vec<u8>>, StsError> {
    let headers = Headers::new(uri, keys, now);
    let scope = format!("{}/{region}/{SERVICE}/aws4_request", headers.day());
    let canonical = format!(
        "POST\n{}\n\n{}\n{}\n{}",
        canonical_path(uri.path()),
        headers.canonical_headers(),
        headers.signed_headers(),
        hex::encode(&Sha256::digest(&form)),
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        headers.date,
        hex::encode(&Sha256::digest(canonical)),
    );
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={}, Signature={}",
        keys.access_key_id,
        headers.signed_headers(),
        hex::encode(&hmac(&signing_key(keys, &scope), &to_sign)),
    );
    headers.request(uri, form, &authorization)
}

/// Signed headers, in alphabetical order.
struct Headers<'a> {
    host: String,
    date: String,
    token: Option<&'a str>,
}

impl<'a> Headers<'a> {
    fn new(uri: &Uri, keys: &'a SigningKeys, now: OffsetDateTime) -> Self {
        let date = now.to_utc().format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ));
        Self {
            host: host(uri),
            date: date.expect("an OffsetDateTime has all components of the format"),
            token: keys.session_token.as_ref().map(Secret::expose),
        }
    }

    fn day(&self) -> &str {
        self.date.split('T').next().unwrap_or_default()
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let always = [
            ("content-type", FORM),
            ("host", &self.host),
            (DATE_HEADER, &self.date),
        ];
        let token = self.token.map(|token| (TOKEN_HEADER, token));
        always.into_iter().chain(token)
    }

    fn signed_headers(&self) -> String {
        let names: Vec<_> = self.pairs().map(|(name, _)| name).collect();
        names.join(";")
    }

    fn canonical_headers(&self) -> String {
        let line = |(name, value): (_, &str)| format!("{name}:{}\n", value.trim());
        self.pairs().map(line).collect()
    }

    fn request(
        &self,
        uri: &Uri,
        form: String,
        authorization: &str,
    ) -> Result<Request<Vec<u8>>, StsError> {
        let mut request = Request::post(uri)
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, FORM)
            .header(ACCEPT, "text/xml")
            .header(DATE_HEADER, &self.date)
            .header(AUTHORIZATION, sensitive(authorization)?);
        if let Some(token) = self.token {
            request = request.header(TOKEN_HEADER, sensitive(token)?);
        }
        Ok(request
            .body(form.into_bytes())
            .expect("the URL and the headers are validated"))
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, StsError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| StsError::MalformedKeys)?;
    value.set_sensitive(true);
    Ok(value)
}

fn host(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    let default = if uri.scheme() == Some(&Scheme::HTTP) {
        80
    } else {
        443
    };
    match uri.port_u16() {
        Some(port) if port != default => format!("{host}:{port}"),
        _ => host,
    }
}

/// Characters that are percent-encoded in a canonical path. They include the percent sign, because
/// Signature Version 4 requires that encoded paths are encoded twice.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Removes `.`, `..` and repeated slashes (RFC 3986 §5.2.4), and encodes the path.
fn canonical_path(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let path = format!("/{}", segments.join("/"));
    utf8_percent_encode(&path, RESERVED_IN_PATH).to_string()
}

/// Derives the signing key: an HMAC of each part of the scope in turn.
fn signing_key(keys: &SigningKeys, scope: &str) -> [u8; 32] {
    let start = format!("AWS4{}", keys.secret_access_key.expose());
    let mut parts = scope.split('/');
    let day = parts.next().unwrap_or_default();
    parts.fold(hmac(start.as_bytes(), day), |key, part| hmac(&key, part))
}

fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC accepts keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}
