//! Clients and transports with shorter timeouts than those of the program.

use std::time::Duration;

use http::{Request, Response};
use sso_oidc::OidcClient;
use sso_transport::{HttpSettings, HttpTransport, RetryPolicy, Service, Transport, TransportError};
use sso_types::Region;

use super::ServiceClients;
use crate::error::Error;

impl ServiceClients<'_> {
    /// Returns a client like [`oidc`](Self::oidc) that sends each request once, with a connect
    /// timeout of at most `connect_timeout`. The timeout of the response is
    /// [`refresh_read_timeout`](super::ConnectionOptions::refresh_read_timeout).
    pub(crate) fn oidc_once(
        &self,
        region: &Region,
        connect_timeout: Duration,
    ) -> Result<OidcClient<LimitedTransport<'_>>, Error> {
        let options = self.network.options;
        let read_timeout = options.refresh_read_timeout.unwrap_or(options.read_timeout);
        let transport = LimitedTransport {
            clients: self,
            http: self.transport_with(connect_timeout, read_timeout)?,
        };
        let connected = self.connected()?;
        let endpoint = connected.endpoint(Service::SsoOidc, region)?;
        connected.check_proxy(&endpoint)?;
        let retry = RetryPolicy::single_attempt();
        Ok(OidcClient::new(transport, endpoint, retry))
    }

    /// Returns a transport like that of the clients, with timeouts of at most `time_limit`.
    ///
    /// # Errors
    ///
    /// [`Error::CaBundle`]; [`Error::Config`] if a network setting is invalid.
    pub fn transport_within(&self, time_limit: Duration) -> Result<HttpTransport, Error> {
        let read_timeout = self.network.options.read_timeout;
        self.transport_with(time_limit, read_timeout.min(time_limit))
    }

    fn transport_with(
        &self,
        connect_timeout: Duration,
        read_timeout: Duration,
    ) -> Result<HttpTransport, Error> {
        self.check_ca_bundle()?;
        let settings = self.connected()?.http.settings();
        Ok(HttpTransport::new(HttpSettings {
            connect_timeout: settings.connect_timeout.min(connect_timeout),
            read_timeout,
            ..settings.clone()
        }))
    }
}

pub(crate) struct LimitedTransport<'a> {
    clients: &'a ServiceClients<'a>,
    http: HttpTransport,
}

impl Transport for LimitedTransport<'_> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        self.clients.send_by(&self.http, request)
    }
}
