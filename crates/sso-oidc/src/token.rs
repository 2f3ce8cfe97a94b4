//! `CreateToken`: exchange of a grant for tokens.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sso_transport::{RequestKind, RetryPolicy, ServiceError, Transport, read_json};
use sso_types::{AccessToken, ClientId, ClientSecret, RefreshToken, Secret};
use time::OffsetDateTime;

use crate::client::OidcClient;
use crate::error::OidcError;
use crate::response::positive_duration;

/// Increase of the interval after `slow_down` (RFC 8628 §3.5).
const SLOW_DOWN_INCREASE: Duration = Duration::from_secs(5);

const MIN_WAIT: Duration = Duration::from_secs(1);

/// Maximum interval after timeouts, unless the interval is already longer.
const MAX_WAIT_AFTER_TIMEOUT: Duration = Duration::from_secs(60);

/// Lifetime of an access token whose response contains no valid `expiresIn` (RFC 6749 §5.1). It is
/// the shortest one that AWS documents, so that the token is soon refreshed.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Grant that is exchanged for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Device code of a [`DeviceAuthorization`](crate::DeviceAuthorization).
    DeviceCode(Secret),
    /// Authorization code from a redirect.
    AuthorizationCode {
        /// Code, valid only once.
        code: Secret,
        /// Redirect URI, with the port.
        redirect_uri: String,
        /// Verifier of the [`Pkce`](crate::Pkce) whose challenge was in the authorization URL.
        verifier: Secret,
    },
    /// Refresh token, which may be valid only once.
    RefreshToken(RefreshToken),
}

impl Grant {
    fn secrets(&self) -> Vec<&str> {
        match self {
            Self::DeviceCode(device_code) => vec![device_code.expose()],
            Self::AuthorizationCode { code, verifier, .. } => {
                vec![code.expose(), verifier.expose()]
            }
            Self::RefreshToken(refresh_token) => vec![refresh_token.expose()],
        }
    }
}

/// Issued token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedToken {
    /// Access token for the AWS access portal.
    pub access_token: AccessToken,
    /// Lifetime from the time of the response. One hour if the response contains no valid number.
    pub expires_in: Duration,
    /// Refresh token, if the service issued one. After a refresh, `None` means that the previous
    /// refresh token stays valid.
    pub refresh_token: Option<RefreshToken>,
}

impl IssuedToken {
    /// Returns the expiration of the access token if the service issued it at `now`.
    #[must_use]
    pub fn expires_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        now.saturating_add(self.expires_in.try_into().unwrap_or(time::Duration::MAX))
    }
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
    #[serde(default, deserialize_with = "text_or_none")]
    access_token: Option<AccessToken>,
    #[serde(default, deserialize_with = "text_or_none")]
    refresh_token: Option<RefreshToken>,
}

/// Field of the response that is read separately: no value of it makes the tokens unusable, not even
/// a number that JSON libraries reject.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lifetime {
    expires_in: Value,
}

/// Ignores a value that is not a non-empty string.
fn text_or_none<'de, D, T>(json: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    let value = Value::deserialize(json)?;
    let text = value.as_str().filter(|text| !text.is_empty());
    Ok(text.map(T::from))
}

fn lifetime(body: &[u8]) -> Duration {
    let lifetime = serde_json::from_slice::<Lifetime>(body).ok();
    let stated = lifetime.and_then(|lifetime| positive_duration(&lifetime.expires_in));
    stated.unwrap_or_else(|| {
        log::info!("the response contains no valid lifetime of the token; one hour is assumed");
        ASSUMED_LIFETIME
    })
}

impl<T: Transport> OidcClient<T> {
    /// Exchanges `grant` for a token.
    ///
    /// Sends a device code only once, because the caller repeats the attempt: see [`Poll`]. Retries
    /// the other grants only if the service cannot have consumed them. Accepts a response without a
    /// valid lifetime, because its tokens replace those that the grant has used.
    ///
    /// # Errors
    ///
    /// [`OidcError::AuthorizationPending`] until the user approves the device code.
    /// [`OidcError::InvalidGrant`] if the authorization code or refresh token was already used, or
    /// has expired. [`OidcError::NoAccessToken`] if only a refresh token was issued: save it.
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
        let secrets: Vec<&str> = grant
            .secrets()
            .into_iter()
            .chain([client_secret.expose()])
            .collect();
        let response = self.send("/token", &body, &secrets, retry, RequestKind::SingleUse)?;
        let tokens: ResponseBody = read_json(&response)?;
        let expires_in = lifetime(response.body());
        log::trace!("/token response: {tokens:?}, valid for {expires_in:?}");
        let (access_token, refresh_token) = (tokens.access_token, tokens.refresh_token);
        match access_token {
            Some(access_token) => Ok(IssuedToken {
                access_token,
                expires_in,
                refresh_token,
            }),
            None => Err(OidcError::NoAccessToken { refresh_token }),
        }
    }
}

/// Next step after an attempt to get a token for a device code.
#[derive(Debug)]
#[must_use = "an issued token in it would be lost"]
pub enum Poll {
    /// The user approved the sign-in.
    Done(IssuedToken),
    /// Try again after `pause`.
    Wait {
        /// Time until the next attempt, at least `interval`.
        pause: Duration,
        /// New interval.
        interval: Duration,
    },
    /// The attempt failed, and another attempt cannot succeed.
    Failed(OidcError),
}

impl Poll {
    /// Returns the next step, from the response to the last attempt and the interval before it.
    ///
    /// Returns [`Poll::Wait`] while the approval is pending, and after transient errors of the
    /// service or the network. `slow_down` and throttling increase the interval by 5 s. A timeout
    /// doubles it, to at most 60 s; a longer interval also increases by 5 s. The interval is at least 1 s. `Retry-After` lengthens one pause.
    ///
    /// The caller must stop after [`expires_in`](crate::DeviceAuthorization::expires_in).
    pub fn after(response: Result<IssuedToken, OidcError>, interval: Duration) -> Self {
        let error = match response {
            Ok(token) => return Self::Done(token),
            Err(error) => error,
        };
        let Some(interval) = next_interval(&error, interval) else {
            return Self::Failed(error);
        };
        let interval = interval.max(MIN_WAIT);
        let pause = interval.max(error.retry_after().unwrap_or_default());
        Self::Wait { pause, interval }
    }
}

/// Returns the interval after `error`; `None` if another attempt cannot succeed.
fn next_interval(error: &OidcError, interval: Duration) -> Option<Duration> {
    match error {
        OidcError::AuthorizationPending(_) => Some(interval),
        error if is_too_fast(error) => Some(interval.saturating_add(SLOW_DOWN_INCREASE)),
        OidcError::Transport(error) if error.is_timeout() => {
            let increased = interval.saturating_add(SLOW_DOWN_INCREASE);
            let longest = MAX_WAIT_AFTER_TIMEOUT.max(increased);
            Some(interval.saturating_mul(2).min(longest))
        }
        OidcError::Transport(error) => (!error.is_misconfiguration()).then_some(interval),
        error => error.is_transient().then_some(interval),
    }
}

fn is_too_fast(error: &OidcError) -> bool {
    let service_error = error.service_error();
    matches!(error, OidcError::SlowDown(_))
        || service_error.is_some_and(ServiceError::is_throttling)
}
