//! `StartDeviceAuthorization`: a code to confirm on any device (RFC 8628 §3.1, §3.2).

use std::time::Duration;

use http::Uri;
use serde::{Deserialize, Serialize};
use sso_transport::{Replay, Transport, printable};
use sso_types::{ClientId, ClientSecret, Secret, StartUrl};

use crate::answer::{not_empty, span};
use crate::{OidcClient, OidcError};

/// The interval where the service names none (RFC 8628 §3.2).
const USUAL_INTERVAL: i64 = 5;

/// The bounds of the interval, whatever the service says.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
const LONGEST_INTERVAL: Duration = Duration::from_secs(60);

/// A sign-in that waits for somebody to confirm it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// What [`Grant::DeviceCode`](crate::Grant::DeviceCode) takes.
    pub device_code: Secret,
    /// What the person compares or types.
    pub user_code: String,
    /// The page for it, an `http` or `https` URL.
    pub verification_uri: String,
    /// The page with the code filled in, an `http` or `https` URL; the same page where the service
    /// names no other.
    pub verification_uri_complete: String,
    /// How long the code is good.
    pub expires_in: Duration,
    /// How long to wait between two attempts: 1 to 60 s.
    pub interval: Duration,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    client_id: &'a ClientId,
    #[serde(serialize_with = "ClientSecret::serialize_exposed")]
    client_secret: &'a ClientSecret,
    start_url: &'a StartUrl,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    device_code: Secret,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: i64,
    interval: Option<i64>,
}

impl<T: Transport> OidcClient<T> {
    /// Starts a sign-in to the instance behind `start_url`.
    ///
    /// # Errors
    ///
    /// What the service refuses, such as [`OidcError::InvalidClient`] for a registration that
    /// ended, and what keeps it from answering. [`OidcError::UnexpectedAnswer`] where the page to
    /// show is no `http` or `https` URL.
    pub fn start_device_authorization(
        &self,
        client_id: &ClientId,
        client_secret: &ClientSecret,
        start_url: &StartUrl,
    ) -> Result<DeviceAuthorization, OidcError> {
        let body = Body {
            client_id,
            client_secret,
            start_url,
        };
        let answer: Answer =
            self.post("/device_authorization", &body, &self.retry, Replay::Safe)?;
        answer.try_into()
    }
}

impl TryFrom<Answer> for DeviceAuthorization {
    type Error = OidcError;

    fn try_from(answer: Answer) -> Result<Self, OidcError> {
        not_empty("deviceCode", answer.device_code.expose())?;
        let page = web_page("verificationUri", answer.verification_uri)?;
        let filled_in = match answer.verification_uri_complete {
            Some(uri) => web_page("verificationUriComplete", uri)?,
            None => page.clone(),
        };
        Ok(Self {
            device_code: answer.device_code,
            user_code: printable(&answer.user_code),
            verification_uri: page,
            verification_uri_complete: filled_in,
            expires_in: span("expiresIn", answer.expires_in)?,
            interval: span("interval", answer.interval.unwrap_or(USUAL_INTERVAL))?
                .clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL),
        })
    }
}

/// Returns `uri` if a browser may be sent there.
fn web_page(field: &'static str, uri: String) -> Result<String, OidcError> {
    let parsed = uri.parse::<Uri>().ok();
    let is_web = parsed.is_some_and(|parsed| {
        matches!(parsed.scheme_str(), Some("http" | "https"))
            && parsed.host().is_some_and(|host| !host.is_empty())
    });
    if is_web && uri.chars().all(|character| character.is_ascii_graphic()) {
        Ok(uri)
    } else {
        Err(OidcError::UnexpectedAnswer { field })
    }
}
