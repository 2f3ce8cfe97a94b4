//! Endpoint URLs from the settings.

use sso_config::NotUnicode;
use sso_config::network::EndpointUrl;
use sso_transport::Service;

/// The endpoint URL of each service, or the error of its variable, which concerns only requests to
/// this service.
pub(super) struct CustomUrls {
    pub(super) sso_oidc: Result<Option<EndpointUrl>, NotUnicode>,
    pub(super) sso_portal: Result<Option<EndpointUrl>, NotUnicode>,
    pub(super) sts: Result<Option<EndpointUrl>, NotUnicode>,
    pub(super) federation: Result<Option<EndpointUrl>, NotUnicode>,
}

impl CustomUrls {
    pub(super) fn of(&self, service: Service) -> Result<Option<&EndpointUrl>, &NotUnicode> {
        let url = match service {
            Service::SsoOidc => &self.sso_oidc,
            Service::SsoPortal => &self.sso_portal,
            Service::Sts => &self.sts,
            Service::Federation => &self.federation,
        };
        url.as_ref().map(Option::as_ref)
    }

    pub(super) fn url_of(&self, service: Service) -> Option<String> {
        Some(self.of(service).ok().flatten()?.url.clone())
    }
}
