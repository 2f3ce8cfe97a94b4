//! `StartDeviceAuthorization`: a code that the user approves on any device (RFC 8628 §3.1, §3.2).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sso_transport::{RequestKind, Transport};
use sso_types::{ClientId, ClientSecret, Secret, StartUrl, sanitize};

use crate::client::OidcClient;
use crate::error::OidcError;
use crate::response::{duration, not_empty, safe_web_url};

/// Default interval (RFC 8628 §3.2).
const DEFAULT_INTERVAL_SECONDS: i64 = 5;

/// Bounds of the interval. Values from the service are clamped.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
const MAX_INTERVAL: Duration = Duration::from_secs(60);

/// Device authorization that waits for the user's approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// Code for [`Grant::DeviceCode`](crate::Grant::DeviceCode).
    pub device_code: Secret,
    /// Code that the user enters or compares, sanitized.
    pub user_code: String,
    /// URL of the page on which the user enters the code: `https`, or `http` on this machine.
    pub verification_uri: String,
    /// URL of the page with the code filled in. Equal to `verification_uri` if the response contains
    /// no such URL.
    pub verification_uri_complete: String,
    /// Lifetime of the code.
    pub expires_in: Duration,
    /// Interval between attempts to get the token: 1 to 60 s.
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
struct ResponseBody {
    device_code: Secret,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: i64,
    interval: Option<i64>,
}

impl<T: Transport> OidcClient<T> {
    /// Starts a sign-in to the IAM Identity Center instance of `start_url`.
    ///
    /// # Errors
    ///
    /// [`OidcError::InvalidClient`] if the registration is unknown or has expired, and other errors
    /// of the service. [`OidcError::Transport`] if there is no valid response.
    /// [`OidcError::UnexpectedResponse`] if a URL in the response is not
    /// [safe to open](sso_transport::is_safe_web_url).
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
        let response: ResponseBody = self.post(
            "/device_authorization",
            &body,
            &[client_secret.expose()],
            &self.retry,
            RequestKind::Idempotent,
        )?;
        response.try_into()
    }
}

impl TryFrom<ResponseBody> for DeviceAuthorization {
    type Error = OidcError;

    fn try_from(response: ResponseBody) -> Result<Self, OidcError> {
        not_empty("deviceCode", response.device_code.expose())?;
        let page = response.verification_uri;
        safe_web_url("verificationUri", &page)?;
        let filled_in = response.verification_uri_complete;
        let filled_in = filled_in.unwrap_or_else(|| page.clone());
        safe_web_url("verificationUriComplete", &filled_in)?;
        Ok(Self {
            device_code: response.device_code,
            user_code: sanitize(&response.user_code),
            verification_uri: page,
            verification_uri_complete: filled_in,
            expires_in: duration("expiresIn", response.expires_in)?,
            interval: duration(
                "interval",
                response.interval.unwrap_or(DEFAULT_INTERVAL_SECONDS),
            )?
            .clamp(MIN_INTERVAL, MAX_INTERVAL),
        })
    }
}
