//! A request that shows whether the service can be reached.

use http::Request;
use http::header::CONTENT_TYPE;
use sso_transport::{RequestKind, Transport};

use crate::caller_identity::{FORM, RESPONSE};
use crate::client::StsClient;
use crate::error::StsError;
use crate::xml;

impl<T: Transport> StsClient<T> {
    /// Checks that the service responds. Sends a `GetCallerIdentity` request without a signature,
    /// which the service refuses.
    ///
    /// # Errors
    ///
    /// Any [`StsError`] that is not such a refusal.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the URL is validated and the header is a constant"
    )]
    pub fn check_connection(&self) -> Result<(), StsError> {
        let mut request = Request::post(self.endpoint.uri("", &[])?)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(FORM.as_bytes().to_vec())
            .expect("the URL is validated and the header is a constant");
        self.endpoint.name_setting_in_errors(&mut request);
        let kind = RequestKind::Idempotent;
        let response = self.retry.send(&self.transport, &request, kind)?;
        if response.status().is_success() {
            return xml::read(&response, RESPONSE, |_| Ok(()));
        }
        let error = xml::service_error(&response, &[]);
        let is_refusal = response.status().is_client_error() && error.name.is_some();
        if is_refusal && !error.is_transient() {
            return Ok(());
        }
        Err(error.into())
    }
}
