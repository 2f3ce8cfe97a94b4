//! Requests that show whether the services can be reached.

use std::error::Error as _;
use std::sync::Arc;

use sso_session::start_url::look_up;
use sso_session::{ClockSkew, ErrorChain, ServiceClients};
use sso_transport::{Service, TransportError};
use sso_types::{AccessToken, Region, StartUrl};
use sts_assume_role::StsClient;

use crate::error::Error;

/// Service or page that a session or a profile needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The sign-in service in a Region.
    SignIn(Region),
    /// The access portal in a Region.
    AccessPortal(Region),
    /// STS in the Region of the profile in effect.
    Sts,
    /// A start URL, if it is not a host of AWS. Others receive no request.
    StartUrl(StartUrl),
}

/// Result of a request that has reached its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// The service accepts the token, or needs none.
    Accepted,
    /// The access portal refuses the token.
    Refused,
    /// Region of the access portal that the start URL leads to, if it is known.
    Region(Option<Region>),
}

/// Request that shows whether a service can be reached. It changes nothing: without a token, it contains
/// placeholders, which the service refuses.
pub struct ConnectionCheck<'a> {
    clients: Arc<ServiceClients<'a>>,
    target: Target,
    /// Base URL of the target.
    url: String,
}

impl<'a> ConnectionCheck<'a> {
    /// Prepares a request. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] if a network setting cannot be used.
    pub fn new(clients: &Arc<ServiceClients<'a>>, target: Target) -> Result<Self, Error> {
        let url = match &target {
            Target::SignIn(region) => url(clients, Service::SsoOidc, region)?,
            Target::AccessPortal(region) => url(clients, Service::SsoPortal, region)?,
            Target::Sts => url(clients, Service::Sts, &clients.region()?)?,
            Target::StartUrl(start_url) => start_url.as_str().to_owned(),
        };
        Ok(Self {
            clients: Arc::clone(clients),
            target,
            url,
        })
    }

    /// Returns a text that is equal for requests with the same result.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn key(&self) -> Result<String, Error> {
        let kind = match self.target {
            Target::SignIn(_) => "OIDC",
            Target::AccessPortal(_) => "portal",
            Target::Sts => "STS",
            Target::StartUrl(_) => "start URL",
        };
        let bundle = self.clients.ca_bundle()?;
        let bundle = bundle.map_or_else(String::new, |path| path.display().to_string());
        Ok(format!("{kind} {} {bundle}", self.url))
    }

    /// Sends the request, with `token` if it is for the access portal.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] and [`Error::Sts`].
    pub fn send(&self, token: Option<&AccessToken>) -> Result<Reached, Error> {
        match &self.target {
            Target::SignIn(region) => self.reach_sign_in(region).map(|()| Reached::Accepted),
            Target::AccessPortal(region) => self.reach_portal(region, token),
            Target::Sts => self.reach_sts().map(|()| Reached::Accepted),
            Target::StartUrl(start_url) => Ok(Reached::Region(look_up(start_url, &self.clients)?)),
        }
    }

    fn reach_sign_in(&self, region: &Region) -> Result<(), Error> {
        let checked = self.clients.oidc(region)?.check_connection();
        checked.map_err(|source| {
            let operation = "CreateToken";
            sso_session::Error::Oidc { operation, source }.into()
        })
    }

    fn reach_portal(&self, region: &Region, token: Option<&AccessToken>) -> Result<Reached, Error> {
        let placeholder = AccessToken::from("none");
        let portal = self.clients.portal(region)?;
        let accepted = portal.accepts(token.unwrap_or(&placeholder));
        let accepted = accepted.map_err(|source| {
            let operation = "ListAccounts";
            sso_session::Error::Portal { operation, source }
        })?;
        Ok(if accepted || token.is_none() {
            Reached::Accepted
        } else {
            Reached::Refused
        })
    }

    fn reach_sts(&self) -> Result<(), Error> {
        let region = self.clients.region()?;
        let connection = self.clients.connect(Service::Sts, &region)?;
        let client = StsClient::new(
            connection.transport,
            connection.endpoint,
            connection.signing_region,
            connection.retry,
        );
        client.check_connection().map_err(|source| {
            let operation = "GetCallerIdentity";
            Error::Sts { operation, source }
        })
    }

    /// Returns the clock skew of the response, if it is large.
    #[must_use]
    pub fn clock_skew(&self) -> Option<ClockSkew> {
        self.clients.clock_skew()
    }

    /// Returns the reason of an error of [`send`](Self::send), as a text that is equal for other targets
    /// with the same reason, such as a proxy that cannot be reached.
    #[must_use]
    pub fn reason(&self, error: &Error) -> String {
        let text = match transport_error(error) {
            Some(error) => ErrorChain(error).to_string(),
            None => ErrorChain(error).to_string(),
        };
        let host = self.url.split("://").nth(1).unwrap_or_default();
        match host.split('/').next() {
            None | Some("") => text,
            Some(host) => text.replace(host, "HOST"),
        }
    }
}

/// Returns whether there was no valid response, for example because of the network.
#[must_use]
pub fn is_unreachable(error: &Error) -> bool {
    transport_error(error).is_some()
}

fn transport_error(error: &Error) -> Option<&TransportError> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        cause = error.source();
    }
    None
}

fn url(clients: &ServiceClients<'_>, service: Service, region: &Region) -> Result<String, Error> {
    let connection = clients.connect(service, region)?;
    Ok(connection.endpoint.as_str().to_owned())
}
