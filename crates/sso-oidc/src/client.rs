//! The client.

use std::fmt::Debug;

use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
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
    /// Creates a client that sends to `endpoint` through `transport` and retries by `retry`.
    pub fn new(transport: T, endpoint: Endpoint, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            retry,
        }
    }

    /// Posts `body` and returns the response. Both are logged, so that their secrets must be of a
    /// secret type.
    pub(crate) fn post<A: DeserializeOwned + Debug>(
        &self,
        path: &str,
        body: &(impl Serialize + Debug),
        retry: &RetryPolicy,
        kind: RequestKind,
    ) -> Result<A, OidcError> {
        log::trace!("{path} {body:?}");
        let request = Request::post(self.endpoint.uri(path, &[])?)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .body(serde_json::to_vec(body).expect("texts and lists of them are always JSON"))
            .expect("a checked address and two constant headers make a request");
        let response = retry.send(&self.transport, &request, kind)?;
        if !response.status().is_success() {
            return Err(ServiceError::from_response(&response).into());
        }
        let response = read_json(&response)?;
        log::trace!("{path} answers {response:?}");
        Ok(response)
    }
}
