//! The service as a client sees it.

use http::header::ACCEPT;
use http::{HeaderValue, Method, Request, Response};
use sso_transport::{Endpoint, Replay, RetryPolicy, ServiceError, Transport};
use sso_types::AccessToken;

use crate::PortalError;

/// The AWS access portal at one endpoint.
#[derive(Clone, Debug)]
pub struct PortalClient<T> {
    transport: T,
    endpoint: Endpoint,
    retry: RetryPolicy,
}

impl<T: Transport> PortalClient<T> {
    /// Makes a client that sends to `endpoint` through `transport`, again as `retry` says.
    pub fn new(transport: T, endpoint: Endpoint, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            retry,
        }
    }

    /// Ends the session of `access_token` at the service: no token of it is good any more.
    ///
    /// # Errors
    ///
    /// [`PortalError::Unauthorized`] where the session has ended already.
    pub fn logout(&self, access_token: &AccessToken) -> Result<(), PortalError> {
        self.send(Method::POST, "/logout", &[], access_token)?;
        Ok(())
    }

    pub(crate) fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        access_token: &AccessToken,
    ) -> Result<Response<Vec<u8>>, PortalError> {
        self.send(Method::GET, path, query, access_token)
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        access_token: &AccessToken,
    ) -> Result<Response<Vec<u8>>, PortalError> {
        let mut token = HeaderValue::from_str(access_token.expose())
            .map_err(|_| PortalError::MalformedToken)?;
        token.set_sensitive(true);
        let request = Request::builder()
            .method(method)
            .uri(self.endpoint.uri(path, query)?)
            .header(ACCEPT, "application/json")
            .header("x-amz-sso_bearer_token", token)
            .body(Vec::new())
            .expect("a checked address and valid headers make a request");
        // Asking twice, or ending a session twice, does what once does.
        let answer = self.retry.send(&self.transport, &request, Replay::Safe)?;
        if !answer.status().is_success() {
            return Err(ServiceError::from_answer(&answer).into());
        }
        Ok(answer)
    }
}
