//! `CreateToken` with its three grant types.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use wiremock::Request;

use super::{JsonBody, invalid_request};
use crate::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};
use crate::response::Response;
use crate::service_error::ServiceError;
use crate::settings::RefreshTokens;
use crate::state::{AuthorizationCode, Client, Decision, NewTokens, State};

/// Increase of the poll interval with each `slow_down` (RFC 8628 §3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// Tolerance for an early poll, because timers and networks are not exact.
const TOLERANCE: Duration = Duration::from_millis(100);

impl State {
    pub(crate) fn create_token(&mut self, request: &Request) -> Result<Response, ServiceError> {
        let fields = JsonBody::of(request)?;
        let (client_id, client) = self.authenticate(&fields)?;
        let grant_type = fields.text("grantType")?;
        if ![AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN].contains(&grant_type) {
            return Err(ServiceError::oidc(
                "unsupported_grant_type",
                "unsupported grant type",
            ));
        }
        if !client.may_use(grant_type) {
            return Err(ServiceError::oidc(
                "unauthorized_client",
                "the client is not registered for this grant type",
            ));
        }
        let tokens = match grant_type {
            DEVICE_CODE => self.redeem_device_code(&client_id, &client, &fields)?,
            AUTHORIZATION_CODE => self.redeem_code(&client_id, &fields)?,
            _ => self.refresh(&client_id, &fields)?,
        };
        Ok(self.token_response(&tokens))
    }

    fn token_response(&self, tokens: &NewTokens) -> Response {
        let expires_in = tokens.expires_at.saturating_sub(self.now());
        let mut body = json!({
            "accessToken": tokens.access_token,
            "tokenType": "Bearer",
            "expiresIn": round_to_seconds(expires_in),
        });
        if let Some(refresh_token) = &tokens.refresh_token {
            body["refreshToken"] = json!(refresh_token);
        }
        Response::json(&body)
    }

    fn redeem_device_code(
        &mut self,
        client_id: &str,
        client: &Client,
        fields: &JsonBody,
    ) -> Result<NewTokens, ServiceError> {
        let device_code = fields.text("deviceCode")?;
        let session = self.poll(client_id, device_code)?;
        self.devices.remove(device_code);
        Ok(self.issue_tokens(client_id, session, &client.scopes))
    }

    fn poll(&mut self, client_id: &str, device_code: &str) -> Result<usize, ServiceError> {
        let now = self.now();
        let device = self.devices.get_mut(device_code);
        let Some(device) = device.filter(|device| device.client_id == client_id) else {
            return Err(invalid_grant("unknown device code"));
        };
        if device.expires_at <= now {
            return Err(ServiceError::oidc(
                "expired_token",
                "the device code has expired",
            ));
        }
        let last_poll_at = device.last_poll_at.replace(now);
        match device.decision {
            Some(Decision::Approved(session)) => Ok(session),
            Some(Decision::Denied) => {
                Err(ServiceError::oidc("access_denied", &self.settings.denial))
            }
            None if is_too_early(last_poll_at, now, device.interval) => {
                device.interval += SLOW_DOWN;
                Err(ServiceError::oidc(
                    "slow_down",
                    "polled before the interval elapsed",
                ))
            }
            None => Err(ServiceError::oidc(
                "authorization_pending",
                "the user has not responded yet",
            )),
        }
    }

    fn redeem_code(
        &mut self,
        client_id: &str,
        fields: &JsonBody,
    ) -> Result<NewTokens, ServiceError> {
        let redirect_uri = fields.text("redirectUri")?;
        let verifier = fields.text("codeVerifier")?;
        if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(is_unreserved) {
            return Err(invalid_request(
                "codeVerifier does not follow RFC 7636 §4.1",
            ));
        }
        let Some(code) = self.codes.remove(fields.text("code")?) else {
            return Err(invalid_grant("unknown or used authorization code"));
        };
        check_code(&code, client_id, redirect_uri, verifier)?;
        if code.expires_at <= self.now() {
            return Err(invalid_grant("the code has expired"));
        }
        Ok(self.issue_tokens(client_id, code.session, &code.authorization.scopes))
    }

    fn refresh(&mut self, client_id: &str, fields: &JsonBody) -> Result<NewTokens, ServiceError> {
        let token = fields.text("refreshToken")?;
        let refresh = self.refresh_tokens.get(token).cloned();
        let Some(refresh) = refresh.filter(|refresh| refresh.client_id == client_id) else {
            return Err(invalid_grant("unknown or used refresh token"));
        };
        if !self.is_running(refresh.session) {
            return Err(invalid_grant("the session has ended"));
        }
        let mut tokens = self.issue_access_token(refresh.session, &refresh.scopes);
        if self.settings.refresh_tokens == RefreshTokens::SingleUse {
            self.refresh_tokens.remove(token);
            tokens.refresh_token = Some(self.issue_refresh_token(refresh));
        }
        Ok(tokens)
    }
}

fn round_to_seconds(duration: Duration) -> u64 {
    (duration + Duration::from_millis(500)).as_secs()
}

fn is_too_early(last: Option<Duration>, now: Duration, interval: Duration) -> bool {
    last.is_some_and(|last| now + TOLERANCE < last + interval)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn check_code(
    code: &AuthorizationCode,
    client_id: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<(), ServiceError> {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    if code.authorization.client_id != client_id {
        Err(invalid_grant("the code was issued to another client"))
    } else if code.authorization.redirect_uri != redirect_uri {
        Err(invalid_grant(
            "redirectUri differs from the authorize request",
        ))
    } else if code.authorization.code_challenge != challenge {
        Err(invalid_grant(
            "codeVerifier does not match the code challenge",
        ))
    } else {
        Ok(())
    }
}

fn invalid_grant(description: &str) -> ServiceError {
    ServiceError::oidc("invalid_grant", description)
}
