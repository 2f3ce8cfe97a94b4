//! Errors of the network settings, found without a request.

use sso_config::network::NetworkSettings;
use sso_transport::Service;

use super::{Connected, ServiceClients};
use crate::error::Error;

impl ServiceClients<'_> {
    /// Returns the errors of the Region, and of each setting for each service: [`Error::Config`] and
    /// [`Error::Endpoint`]. Several services may have the same error. Reads no file, and sends no
    /// request.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "us-east-1 is a valid Region")]
    pub fn setting_errors(&self) -> Vec<Error> {
        let any_region = "us-east-1".parse().expect("us-east-1 is a valid Region");
        let (connected, errors) = self.connected_despite_errors();
        let services = [Service::SsoOidc, Service::SsoPortal, Service::Sts];
        let endpoints = services.map(|service| connected.endpoint(service, &any_region).map(drop));
        let checks = endpoints.into_iter().chain([self.region().map(drop)]);
        let found = checks.filter_map(Result::err);
        errors.into_iter().chain(found).collect()
    }

    /// Returns the error of the CA bundle, if there is one: [`Error::CaBundle`]. Other settings may be
    /// invalid. Reads the file.
    #[must_use]
    pub fn ca_bundle_error(&self) -> Option<Error> {
        let (connected, _) = self.connected_despite_errors();
        connected.check_ca_bundle().err()
    }

    fn connected_despite_errors(&self) -> (Connected, Vec<Error>) {
        let network = &self.network;
        let (settings, errors) = NetworkSettings::with_errors(
            network.env,
            network.files,
            &network.profile,
            self.session.as_ref(),
        );
        let connected = Connected::new(settings, network.options, network.clock);
        (connected, errors.into_iter().map(Error::from).collect())
    }
}
