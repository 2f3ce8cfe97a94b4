//! Access portal client, and `Logout`.

use std::collections::BTreeMap;

use http::header::ACCEPT;
use http::{HeaderValue, Method, Request, Response};
use serde::de::IgnoredAny;
use sso_transport::{Endpoint, RequestKind, RetryPolicy, ServiceError, Transport, read_json};
use sso_types::AccessToken;

use crate::error::PortalError;

/// Client for the AWS access portal at one endpoint.
#[derive(Clone, Debug)]
pub struct PortalClient<T> {
    transport: T,
    endpoint: Endpoint,
    retry: RetryPolicy,
}

impl<T: Transport> PortalClient<T> {
    /// Creates a client that sends requests to `endpoint` through `transport` and retries them
    /// according to `retry`.
    pub fn new(transport: T, endpoint: Endpoint, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            retry,
        }
    }

    /// Ends the session of `access_token` at the service. All tokens of the session become invalid.
    ///
    /// # Errors
    ///
    /// [`PortalError::Unauthorized`] if the session has already ended. [`PortalError::Transport`] if
    /// the response does not come from the service, such as the page of a captive portal.
    pub fn logout(&self, access_token: &AccessToken) -> Result<(), PortalError> {
        let response = self.send(Method::POST, "/logout", &[], access_token)?;
        if response.body().trim_ascii().is_empty() {
            return Ok(());
        }
        // The service's response is empty. Any JSON object is accepted, but not a captive portal's page.
        read_json::<BTreeMap<String, Option<IgnoredAny>>>(&response)?;
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
        let mut request = Request::builder()
            .method(method)
            .uri(self.endpoint.uri(path, query)?)
            .header(ACCEPT, "application/json")
            .header("x-amz-sso_bearer_token", token)
            .body(Vec::new())
            .expect("the URL and the headers are validated");
        self.endpoint.name_setting_in_errors(&mut request);
        // All operations are idempotent: reads, and the end of a session.
        let response = self
            .retry
            .send(&self.transport, &request, RequestKind::Idempotent)?;
        if !response.status().is_success() {
            let secrets = [access_token.expose()];
            return Err(ServiceError::from_response_without(&response, &secrets).into());
        }
        Ok(response)
    }
}
