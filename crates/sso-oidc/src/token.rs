//! `CreateToken`: tokens for a grant.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sso_transport::{RequestKind, RetryPolicy, Transport};
use sso_types::{AccessToken, ClientId, ClientSecret, RefreshToken, Secret};

use crate::client::OidcClient;
use crate::error::OidcError;
use crate::response::{duration, not_empty};

/// Addition to the interval after `slow_down` (RFC 8628 §3.5).
const SLOWER_BY: Duration = Duration::from_secs(5);

/// Minimum pause between two attempts.
const MIN_WAIT: Duration = Duration::from_secs(1);

/// The grant that is exchanged for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Device code of a [`DeviceAuthorization`](crate::DeviceAuthorization).
    DeviceCode(Secret),
    /// Authorization code of a redirect.
    AuthorizationCode {
        /// Code, valid only once.
        code: Secret,
        /// Target of the redirect, with the port.
        redirect_uri: String,
        /// Verifier of the [`Pkce`](crate::Pkce) whose challenge was in the URL.
        verifier: Secret,
    },
    /// Refresh token, which may be valid only once.
    RefreshToken(RefreshToken),
}

/// An issued token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedToken {
    /// Token for requests to the access portal.
    pub access_token: AccessToken,
    /// Lifetime from now.
    pub expires_in: Duration,
    /// Token for the next refresh. If it is `None`, the token of this refresh stays valid.
    pub refresh_token: Option<RefreshToken>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    client_id: &'a ClientId,
    #[serde(serialize_with = "ClientSecret::serialize_exposed")]
    client_secret: &'a ClientSecret,
    #[serde(flatten)]
    grant: GrantBody<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "grantType", rename_all_fields = "camelCase")]
enum GrantBody<'a> {
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode {
        #[serde(serialize_with = "Secret::serialize_exposed")]
        device_code: &'a Secret,
    },
    #[serde(rename = "authorization_code")]
    AuthorizationCode {
        #[serde(serialize_with = "Secret::serialize_exposed")]
        code: &'a Secret,
        redirect_uri: &'a str,
        #[serde(serialize_with = "Secret::serialize_exposed")]
        code_verifier: &'a Secret,
    },
    #[serde(rename = "refresh_token")]
    RefreshToken {
        #[serde(serialize_with = "RefreshToken::serialize_exposed")]
        refresh_token: &'a RefreshToken,
    },
}

impl<'a> From<&'a Grant> for GrantBody<'a> {
    fn from(grant: &'a Grant) -> Self {
        match grant {
            Grant::DeviceCode(device_code) => Self::DeviceCode { device_code },
            Grant::AuthorizationCode {
                code,
                redirect_uri,
                verifier,
            } => Self::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier: verifier,
            },
            Grant::RefreshToken(refresh_token) => Self::RefreshToken { refresh_token },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseBody {
    access_token: AccessToken,
    expires_in: i64,
    refresh_token: Option<RefreshToken>,
}

impl<T: Transport> OidcClient<T> {
    /// Exchanges `grant` for a token.
    ///
    /// A device code is sent once, since the caller repeats it by [`Poll`]. The other grants are
    /// sent again only if the service cannot have consumed them.
    ///
    /// # Errors
    ///
    /// For a device code, [`OidcError::AuthorizationPending`] until the user confirms it. For the
    /// other grants, [`OidcError::InvalidGrant`] if the code or token was used or has expired.
    pub fn create_token(
        &self,
        client_id: &ClientId,
        client_secret: &ClientSecret,
        grant: &Grant,
    ) -> Result<IssuedToken, OidcError> {
        let body = Body {
            client_id,
            client_secret,
            grant: grant.into(),
        };
        let once = RetryPolicy::single_attempt();
        let retry = match grant {
            Grant::DeviceCode(_) => &once,
            Grant::AuthorizationCode { .. } | Grant::RefreshToken(_) => &self.retry,
        };
        let response: ResponseBody = self.post("/token", &body, retry, RequestKind::SingleUse)?;
        not_empty("accessToken", response.access_token.expose())?;
        Ok(IssuedToken {
            access_token: response.access_token,
            expires_in: duration("expiresIn", response.expires_in)?,
            refresh_token: response
                .refresh_token
                .filter(|token| !token.expose().is_empty()),
        })
    }
}

/// The next step after an attempt to get a token for a device code.
#[derive(Debug)]
#[must_use = "a token in it would be lost"]
pub enum Poll {
    /// The user confirmed the sign-in.
    Done(IssuedToken),
    /// Try again after this time, which becomes the interval.
    Wait(Duration),
    /// The sign-in cannot be confirmed any more, or the request cannot be sent.
    Failed(OidcError),
}

impl Poll {
    /// Decides by the response to the last attempt and the interval before it.
    ///
    /// While the confirmation is pending, and after a fault of the service or the network, it
    /// waits. If the service asks to slow down, it waits 5 s longer from now on. It never waits
    /// less than 1 s. The caller gives up after
    /// [`expires_in`](crate::DeviceAuthorization::expires_in).
    pub fn after(response: Result<IssuedToken, OidcError>, interval: Duration) -> Self {
        let wait = |interval: Duration| Self::Wait(interval.max(MIN_WAIT));
        match response {
            Ok(token) => Self::Done(token),
            Err(OidcError::AuthorizationPending(_)) => wait(interval),
            Err(OidcError::SlowDown(_)) => wait(interval.saturating_add(SLOWER_BY)),
            Err(OidcError::Transport(error)) if !error.is_misconfiguration() => wait(interval),
            Err(error) if error.is_transient() => wait(interval),
            Err(error) => Self::Failed(error),
        }
    }
}
