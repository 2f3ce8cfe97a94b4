//! OIDC client.

use std::fmt::Debug;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sso_transport::{Endpoint, RequestKind, RetryPolicy, ServiceError, Transport, read_json};

use crate::error::OidcError;

/// Client for AWS SSO OIDC at one endpoint.
#[derive(Clone, Debug)]
pub struct OidcClient<T> {
    transport: T,
    pub(crate) endpoint: Endpoint,
    pub(crate) retry: RetryPolicy,
}

impl<T: Transport> OidcClient<T> {
    /// Creates a client that sends requests to `endpoint` through `transport` and retries them
    /// according to `retry`.
    pub fn new(transport: T, endpoint: Endpoint, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            retry,
        }
    }

    /// Posts `body`, which contains `secrets`, and returns the response. Logs both with `Debug`,
    /// which must redact secrets.
    pub(crate) fn post<R: DeserializeOwned + Debug>(
        &self,
        path: &str,
        body: &(impl Serialize + Debug),
        secrets: &[&str],
        retry: &RetryPolicy,
        kind: RequestKind,
    ) -> Result<R, OidcError> {
        let response = self.send(path, body, secrets, retry, kind)?;
        let response = read_json(&response)?;
        log::trace!("{path} response: {response:?}");
        Ok(response)
    }

    /// Posts `body` like [`post`](Self::post), and returns a successful response as it is.
    pub(crate) fn send(
        &self,
        path: &str,
        body: &(impl Serialize + Debug),
        secrets: &[&str],
        retry: &RetryPolicy,
        kind: RequestKind,
    ) -> Result<Response<Vec<u8>>, OidcError> {
        log::trace!("{path} request: {body:?}");
        let mut request = Request::post(self.endpoint.uri(path, &[])?)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .body(serde_json::to_vec(body).expect("strings and lists of strings serialize to JSON"))
            .expect("the URL is validated and the headers are constants");
        self.endpoint.name_setting_in_errors(&mut request);
        let response = retry.send(&self.transport, &request, kind)?;
        if !response.status().is_success() {
            return Err(ServiceError::from_response_without(&response, secrets).into());
        }
        Ok(response)
    }
}
