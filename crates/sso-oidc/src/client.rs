//! The service as a client sees it.

use std::fmt::Debug;

use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sso_transport::{Endpoint, Replay, RetryPolicy, ServiceError, Transport, read_json};

use crate::OidcError;

/// AWS SSO OIDC at one endpoint.
#[derive(Clone, Debug)]
pub struct OidcClient<T> {
    transport: T,
    pub(crate) endpoint: Endpoint,
    pub(crate) retry: RetryPolicy,
}

impl<T: Transport> OidcClient<T> {
    /// Makes a client that sends to `endpoint` through `transport`, again as `retry` says.
    pub fn new(transport: T, endpoint: Endpoint, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            retry,
        }
    }

    /// Posts `body` and returns the answer. Both are logged, so what is secret in them has to be
    /// a secret by type.
    pub(crate) fn post<A: DeserializeOwned + Debug>(
        &self,
        path: &str,
        body: &(impl Serialize + Debug),
        retry: &RetryPolicy,
        replay: Replay,
    ) -> Result<A, OidcError> {
        log::trace!("{path} {body:?}");
        let request = Request::post(self.endpoint.uri(path, &[])?)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .body(serde_json::to_vec(body).expect("texts and lists of them are always JSON"))
            .expect("a checked address and two constant headers make a request");
        let answer = retry.send(&self.transport, &request, replay)?;
        if !answer.status().is_success() {
            return Err(ServiceError::from_answer(&answer).into());
        }
        let answer = read_json(&answer)?;
        log::trace!("{path} answers {answer:?}");
        Ok(answer)
    }
}
