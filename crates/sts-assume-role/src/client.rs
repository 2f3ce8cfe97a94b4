//! STS client.

use http::Response;
use sso_transport::{Endpoint, RequestKind, RetryPolicy, Transport};
use sso_types::Region;
use time::OffsetDateTime;

use crate::error::StsError;
use crate::signature::{SigningKeys, signed_post};
use crate::xml;

/// Client for AWS Security Token Service at one endpoint.
#[derive(Clone, Debug)]
pub struct StsClient<T> {
    pub(crate) transport: T,
    pub(crate) endpoint: Endpoint,
    region: Region,
    pub(crate) retry: RetryPolicy,
}

impl<T: Transport> StsClient<T> {
    /// Creates a client that sends requests to `endpoint` through `transport`, signs them for
    /// `region` and retries them according to `retry`.
    pub fn new(transport: T, endpoint: Endpoint, region: Region, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            region,
            retry: retry.with_error_reader(|response| xml::service_error(response, &[])),
        }
    }

    pub(crate) fn post(
        &self,
        form: String,
        form_secrets: &[&str],
        keys: &SigningKeys,
        now: OffsetDateTime,
        kind: RequestKind,
    ) -> Result<Response<Vec<u8>>, StsError> {
        let uri = self.endpoint.uri("", &[])?;
        let mut request = signed_post(&uri, form, keys, &self.region, now)?;
        self.endpoint.name_setting_in_errors(&mut request);
        let response = self.retry.send(&self.transport, &request, kind)?;
        if !response.status().is_success() {
            let secrets: Vec<&str> = [form_secrets, &keys.sent_secrets()].concat();
            return Err(xml::service_error(&response, &secrets).into());
        }
        Ok(response)
    }
}
