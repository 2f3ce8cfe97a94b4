//! Verification of AWS Signature Version 4, independent of the signing code in this repository.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use sso_types::hex;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use wiremock::Request;

use crate::clock::system_time;
use crate::service_error::StsError;
use crate::state::AccessKey;

/// Maximum difference between the client's clock and this machine's.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

const REQUIRED_HEADERS: [&str; 2] = ["host", "x-amz-date"];

pub(super) struct AuthorizationHeader {
    pub(super) access_key_id: String,
    scope: String,
    signed_headers: String,
    signature: String,
}

pub(super) fn read(request: &Request) -> Result<AuthorizationHeader, StsError> {
    let incomplete = || {
        let message = "Authorization header requires Credential, SignedHeaders and Signature.";
        StsError::new("IncompleteSignature", message)
    };
    let header = header(request, "authorization").ok_or_else(|| {
        let message = "Request is missing Authentication Token";
        StsError::new("MissingAuthenticationToken", message)
    })?;
    let header = header.strip_prefix("AWS4-HMAC-SHA256 ");
    let parts = header.ok_or_else(incomplete)?.split(", ");
    let parts: BTreeMap<_, _> = parts.filter_map(|part| part.split_once('=')).collect();
    let get = |name| parts.get(name).copied().ok_or_else(incomplete);
    let (access_key_id, scope) = get("Credential")?.split_once('/').ok_or_else(incomplete)?;
    Ok(AuthorizationHeader {
        access_key_id: access_key_id.to_owned(),
        scope: scope.to_owned(),
        signed_headers: get("SignedHeaders")?.to_owned(),
        signature: get("Signature")?.to_owned(),
    })
}

impl AuthorizationHeader {
    /// Returns the Region that the request is signed for.
    pub(super) fn region(&self) -> &str {
        self.scope.split('/').nth(1).unwrap_or_default()
    }

    /// Checks that the signature was made with `key`, for this request, within [`TOLERANCE`].
    pub(super) fn check(&self, request: &Request, key: &AccessKey) -> Result<(), StsError> {
        if header(request, "x-amz-security-token") != key.token {
            let message = "The security token included in the request is invalid.";
            return Err(StsError::new("InvalidClientTokenId", message));
        }
        let names: Vec<_> = self.signed_headers.split(';').collect();
        let token = key.token.as_ref().map(|_| "x-amz-security-token");
        if !REQUIRED_HEADERS
            .into_iter()
            .chain(token)
            .all(|name| names.contains(&name))
        {
            return Err(mismatch("a required header is not signed"));
        }
        let at = header(request, "x-amz-date").unwrap_or_default();
        check_date(&at)?;
        let day = at.split('T').next().unwrap_or_default();
        let scope: Vec<_> = self.scope.split('/').collect();
        let is_complete = scope.len() == 4 && !self.region().is_empty();
        if !is_complete || scope[0] != day || scope[2..] != ["sts", "aws4_request"] {
            return Err(mismatch(
                "Credential should be scoped to the day and to sts.",
            ));
        }
        if self.signature == self.expected(request, &names, &at, key) {
            Ok(())
        } else {
            Err(mismatch(
                "The request signature we calculated does not match the signature you provided.",
            ))
        }
    }

    fn expected(&self, request: &Request, names: &[&str], at: &str, key: &AccessKey) -> String {
        let mut canonical = format!("POST\n{}\n\n", request.url.path());
        for name in names {
            let value = header(request, name).unwrap_or_default();
            writeln!(canonical, "{name}:{}", value.trim()).expect("writing to a String succeeds");
        }
        let body = hex::encode(&Sha256::digest(&request.body));
        write!(canonical, "\n{}\n{body}", self.signed_headers)
            .expect("writing to a String succeeds");

        let digest = hex::encode(&Sha256::digest(canonical));
        let text = format!("AWS4-HMAC-SHA256\n{at}\n{}\n{digest}", self.scope);
        let mut signing_key = format!("AWS4{}", key.secret).into_bytes();
        for part in self.scope.split('/') {
            signing_key = hmac(&signing_key, part);
        }
        hex::encode(&hmac(&signing_key, &text))
    }
}

/// Compares the date of a signature with the machine's clock, which is also the `Date` of
/// responses.
fn check_date(at: &str) -> Result<(), StsError> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let at = PrimitiveDateTime::parse(at, format)
        .map_err(|_| mismatch("X-Amz-Date is not a valid date"))?;
    let skew = OffsetDateTime::from(system_time()) - at.assume_utc();
    if skew.abs() > TOLERANCE {
        return Err(mismatch("Signature expired, or not yet current"));
    }
    Ok(())
}

fn mismatch(message: &str) -> StsError {
    StsError::new("SignatureDoesNotMatch", message)
}

fn header(request: &Request, name: &str) -> Option<String> {
    let value = request.headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC accepts keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
