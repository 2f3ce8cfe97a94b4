//! Errors of the network settings, found without a request.

use sso_transport::Service;

use super::ServiceClients;
use crate::error::Error;

impl ServiceClients<'_> {
    /// Returns the errors of the Region, and of the settings of each service: [`Error::Config`] and
    /// [`Error::Endpoint`]. Several services may have the same error. Reads no file, and sends no
    /// request.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "us-east-1 is a valid Region")]
    pub fn setting_errors(&self) -> Vec<Error> {
        let any_region = "us-east-1".parse().expect("us-east-1 is a valid Region");
        let services = [Service::SsoOidc, Service::SsoPortal, Service::Sts];
        let endpoints = services.map(|service| {
            let connected = self.connected()?;
            connected.endpoint(service, &any_region).map(drop)
        });
        let checks = endpoints.into_iter().chain([self.region().map(drop)]);
        checks.filter_map(Result::err).collect()
    }
}
