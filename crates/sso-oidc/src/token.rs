//! `CreateToken`: what a sign-in is for.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sso_transport::{Replay, RetryPolicy, Transport};
use sso_types::{AccessToken, ClientId, ClientSecret, RefreshToken, Secret};

use crate::answer::{not_empty, span};
use crate::{OidcClient, OidcError};

/// What `slow_down` adds to the interval (RFC 8628 §3.5).
const SLOWER_BY: Duration = Duration::from_secs(5);

/// Below this, waiting would be spinning.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// What is given for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// The code of a [`DeviceAuthorization`](crate::DeviceAuthorization).
    DeviceCode(Secret),
    /// The code that the browser brought.
    AuthorizationCode {
        /// The code, good for one use.
        code: Secret,
        /// Where the browser brought it, with the port.
        redirect_uri: String,
        /// The verifier of the [`Pkce`](crate::Pkce) whose challenge the page got.
        verifier: Secret,
    },
    /// A refresh token, perhaps good for one use.
    RefreshToken(RefreshToken),
}

/// A token that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedToken {
    /// What the access portal takes.
    pub access_token: AccessToken,
    /// How long it is good from now.
    pub expires_in: Duration,
    /// What obtains the next one. Where there is none, the one that was used stays good.
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
struct Answer {
    access_token: AccessToken,
    expires_in: i64,
    refresh_token: Option<RefreshToken>,
}

impl<T: Transport> OidcClient<T> {
    /// Exchanges `grant` for a token.
    ///
    /// A device code is tried once, since asking again is what [`Poll`] is for. The others are
    /// sent again only where the service cannot have used them up.
    ///
    /// # Errors
    ///
    /// For a device code, [`OidcError::AuthorizationPending`] as long as nobody confirmed it. For
    /// the others, [`OidcError::InvalidGrant`] where the code or token was used or has ended.
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
        let answer: Answer = self.post("/token", &body, retry, Replay::SingleUse)?;
        not_empty("accessToken", answer.access_token.expose())?;
        Ok(IssuedToken {
            access_token: answer.access_token,
            expires_in: span("expiresIn", answer.expires_in)?,
            refresh_token: answer
                .refresh_token
                .filter(|token| !token.expose().is_empty()),
        })
    }
}

/// What follows an attempt to get a token for a device code.
#[derive(Debug)]
#[must_use = "a token in it would be lost"]
pub enum Poll {
    /// It was confirmed.
    Done(IssuedToken),
    /// Try again after this time, which is the interval from now on.
    Wait(Duration),
    /// It will never be confirmed, or cannot be asked.
    Failed(OidcError),
}

impl Poll {
    /// Decides by the answer to the last attempt and the interval before it.
    ///
    /// Nobody has confirmed yet, the service or the network is in trouble: wait. Told to slow
    /// down: wait 5 s longer from now on. Never waits less than 1 s. When to give up waiting is up
    /// to the caller, who knows [`expires_in`](crate::DeviceAuthorization::expires_in).
    pub fn after(response: Result<IssuedToken, OidcError>, interval: Duration) -> Self {
        let wait = |interval: Duration| Self::Wait(interval.max(SHORTEST_WAIT));
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
