//! The service as a client sees it.

use http::Response;
use sso_transport::{Endpoint, Replay, RetryPolicy, Transport};
use sso_types::Region;
use time::OffsetDateTime;

use crate::signature::{SigningKeys, signed_post};
use crate::{StsError, xml};

/// AWS Security Token Service at one endpoint.
#[derive(Clone, Debug)]
pub struct StsClient<T> {
    transport: T,
    endpoint: Endpoint,
    region: Region,
    retry: RetryPolicy,
}

impl<T: Transport> StsClient<T> {
    /// Makes a client that sends to `endpoint` what it signs for `region`, through `transport`,
    /// again as `retry` says.
    pub fn new(transport: T, endpoint: Endpoint, region: Region, retry: RetryPolicy) -> Self {
        Self {
            transport,
            endpoint,
            region,
            retry,
        }
    }

    /// Posts a form, signed at `now`.
    pub(crate) fn post(
        &self,
        form: String,
        keys: &SigningKeys,
        now: OffsetDateTime,
        replay: Replay,
    ) -> Result<Response<Vec<u8>>, StsError> {
        let uri = self.endpoint.uri("", &[])?;
        let request = signed_post(&uri, form, keys, &self.region, now)?;
        let answer = self.retry.send(&self.transport, &request, replay)?;
        if !answer.status().is_success() {
            return Err(xml::service_error(&answer).into());
        }
        Ok(answer)
    }
}
