//! Sign-in to the console with temporary credentials.

use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use percent_encoding::utf8_percent_encode;
use serde::{Deserialize, Serialize};
use sso_transport::{
    Endpoint, RESERVED, RequestKind, RetryPolicy, ServiceError, Transport, read_json,
};
use sso_types::Secret;

use crate::destination::Destination;
use crate::error::FederationError;
use crate::sign_out::sign_out_url;

const PATH: &str = "/federation";

/// Name of the program that a user returns to when the console session has expired.
const ISSUER: &str = "aws-sso-tools";

/// Temporary credentials.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SessionKeys<'a> {
    /// Access key ID. It is not a secret.
    #[serde(rename = "sessionId")]
    pub access_key_id: &'a str,
    /// Secret access key.
    #[serde(rename = "sessionKey", serialize_with = "Secret::serialize_exposed")]
    pub secret_access_key: &'a Secret,
    /// Session token.
    #[serde(rename = "sessionToken", serialize_with = "Secret::serialize_exposed")]
    pub session_token: &'a Secret,
}

/// Token for one sign-in to the console, valid for 15 minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigninToken(Secret);

/// URL that signs in to the console. It contains a [`SigninToken`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginUrl(Secret);

/// Client for the federation endpoint of AWS Sign-In.
#[derive(Clone, Debug)]
pub struct FederationClient<T> {
    transport: T,
    endpoint: Endpoint,
    retry: RetryPolicy,
}

#[derive(Deserialize)]
struct ResponseBody {
    #[serde(rename = "SigninToken")]
    signin_token: Secret,
}

impl<T: Transport> FederationClient<T> {
    /// Creates a client that sends requests to `endpoint` through `transport` and retries them
    /// according to `retry`.
    pub fn new(transport: T, endpoint: Endpoint, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            retry,
        }
    }

    /// Exchanges credentials for a token (`getSigninToken`), by POST, so that no URL contains them.
    ///
    /// `duration` is the duration of the console session in seconds, from 900 to 43200. The service
    /// accepts one only for a role that was assumed with the keys of an IAM user, without role chaining.
    ///
    /// # Errors
    ///
    /// [`FederationError`].
    pub fn get_signin_token(
        &self,
        keys: &SessionKeys<'_>,
        duration: Option<u32>,
    ) -> Result<SigninToken, FederationError> {
        log::trace!("getSigninToken request: {keys:?}, duration {duration:?}");
        let session = session_of(keys);
        let request = self.request(session.expose(), duration)?;
        let response = self
            .retry
            .send(&self.transport, &request, RequestKind::Idempotent)?;
        if !response.status().is_success() {
            let secrets = [
                session.expose(),
                keys.secret_access_key.expose(),
                keys.session_token.expose(),
            ];
            return Err(ServiceError::from_response_without(&response, &secrets).into());
        }
        let token = read_json::<ResponseBody>(&response)?.signin_token;
        let is_printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if token.expose().is_empty() || !is_printable(token.expose()) {
            let field = "SigninToken";
            return Err(FederationError::UnexpectedResponse { field });
        }
        Ok(SigninToken(token))
    }

    fn request(
        &self,
        session: &str,
        duration: Option<u32>,
    ) -> Result<Request<Vec<u8>>, FederationError> {
        let duration = duration.map(|seconds| format!("&SessionDuration={seconds}"));
        let form = format!(
            "Action=getSigninToken{}&Session={}",
            duration.unwrap_or_default(),
            utf8_percent_encode(session, RESERVED)
        );
        let mut request = Request::post(self.endpoint.uri(PATH, &[])?)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .expect("the URL is validated and the headers are constants");
        self.endpoint.name_setting_in_errors(&mut request);
        Ok(request)
    }

    /// Returns the URL that signs in with `token` and then opens `destination`.
    #[must_use]
    pub fn login_url(&self, token: &SigninToken, destination: &Destination) -> LoginUrl {
        let encoded = |text| utf8_percent_encode(text, RESERVED);
        LoginUrl(Secret::from(format!(
            "{}{PATH}?Action=login&Issuer={ISSUER}&Destination={}&SigninToken={}",
            self.endpoint,
            encoded(destination.as_str()),
            encoded(token.0.expose()),
        )))
    }

    /// Returns the URL that ends the console session in the browser before it opens `url`.
    #[must_use]
    pub fn after_sign_out(&self, url: &LoginUrl) -> LoginUrl {
        LoginUrl(Secret::from(sign_out_url(&self.endpoint, url.expose())))
    }
}

impl LoginUrl {
    /// Returns the URL. Call this only where it leaves the process: for the browser, or output that the
    /// user requested.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

fn session_of(keys: &SessionKeys<'_>) -> Secret {
    let session = serde_json::to_string(keys);
    Secret::from(session.expect("keys are serializable"))
}
