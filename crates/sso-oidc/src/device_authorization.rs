//! `StartDeviceAuthorization`: a code that the user approves on any device (RFC 8628 §3.1, §3.2).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sso_transport::{RequestKind, Transport};
use sso_types::{ClientId, ClientSecret, Secret, StartUrl, sanitize};

use crate::client::OidcClient;
use crate::error::OidcError;
use crate::response::{not_empty, safe_web_url, seconds};

/// Interval if the response contains no valid one (RFC 8628 §3.2).
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);

const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// Lifetime of a code whose response contains no valid `expiresIn`: that of the codes of AWS. The
/// service reports an earlier end as `expired_token`.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Maximum lifetime. Longer ones are clamped, so that no sign-in waits for ever.
const MAX_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

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
    /// Lifetime of the code: 1 s to 24 h. 10 minutes if the response contains no valid number.
    pub expires_in: Duration,
    /// Minimum interval between attempts to get the token: 1 s to the lifetime of the code. 5 s if the
    /// response contains no valid number.
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
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    interval: Value,
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
        let expires_in = seconds(&response.expires_in).filter(|lifetime| !lifetime.is_zero());
        let expires_in = expires_in.unwrap_or(ASSUMED_LIFETIME).min(MAX_LIFETIME);
        Ok(Self {
            device_code: response.device_code,
            user_code: sanitize(&response.user_code),
            verification_uri: page,
            verification_uri_complete: filled_in,
            expires_in,
            interval: seconds(&response.interval)
                .unwrap_or(DEFAULT_INTERVAL)
                .clamp(MIN_INTERVAL, expires_in),
        })
    }
}
