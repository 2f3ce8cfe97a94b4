//! The endpoints of the services.

mod partition;

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::Authority;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sso_types::Region;

use self::partition::Partition;
use crate::error::{EndpointError, TransportError};

/// A service with endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// AWS SSO OIDC: client registrations and tokens.
    SsoOidc,
    /// The AWS access portal: accounts, roles, role credentials.
    SsoPortal,
    /// AWS Security Token Service.
    Sts,
}

impl Service {
    /// Returns the first labels of its hosts, then those of its FIPS hosts.
    fn host_prefixes(self) -> (&'static str, &'static str) {
        match self {
            Self::SsoOidc => ("oidc", "oidc-fips"),
            Self::SsoPortal => ("portal.sso", "portal.sso-fips"),
            Self::Sts => ("sts", "sts-fips"),
        }
    }
}

/// The configured kinds and URLs of endpoints. The default is the public endpoint of each service
/// in a Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Selects FIPS 140 endpoints.
    pub use_fips: bool,
    /// Selects endpoints with IPv6.
    pub use_dualstack: bool,
    /// The URL to use for [`Service::SsoOidc`] instead.
    pub sso_oidc: Option<String>,
    /// The URL to use for [`Service::SsoPortal`] instead.
    pub sso_portal: Option<String>,
    /// The URL to use for [`Service::Sts`] instead.
    pub sts: Option<String>,
}

impl Endpoints {
    /// Returns the endpoint of `service` in `region`, by the rule sets and partitions that AWS
    /// publishes. A Region outside the known partitions counts as one of `aws`.
    ///
    /// # Errors
    ///
    /// If the URL that is set for the service cannot be used, or FIPS or dual-stack endpoints are
    /// selected as well.
    pub fn resolve(&self, service: Service, region: &Region) -> Result<Endpoint, EndpointError> {
        match self.custom(service) {
            Some(_) if self.use_fips => Err(EndpointError::CustomWithFips),
            Some(_) if self.use_dualstack => Err(EndpointError::CustomWithDualstack),
            Some(url) => url.parse(),
            None => Ok(self.regional(service, region)),
        }
    }

    /// Returns the Region that a request to `service` in `region` is signed for: the same, except
    /// for global endpoints. Source: `signingRegion` in the rule set of STS.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "us-east-1 is a Region")]
    pub fn signing_region(&self, service: Service, region: &Region) -> Region {
        let is_global = service == Service::Sts && region.as_str() == "aws-global";
        if is_global && self.custom(service).is_none() {
            return "us-east-1".parse().expect("it is a Region");
        }
        region.clone()
    }

    fn custom(&self, service: Service) -> Option<&str> {
        match service {
            Service::SsoOidc => self.sso_oidc.as_deref(),
            Service::SsoPortal => self.sso_portal.as_deref(),
            Service::Sts => self.sts.as_deref(),
        }
    }

    fn regional(&self, service: Service, region: &Region) -> Endpoint {
        let partition = Partition::of(region);
        let (plain, fips) = service.host_prefixes();
        let suffix = if self.use_dualstack {
            partition.dualstack_suffix
        } else {
            partition.suffix
        };
        let plain_is_fips = partition.plain_is_fips && !self.use_dualstack;
        let prefix = if self.use_fips && !plain_is_fips {
            fips
        } else {
            plain
        };
        match (service, region.as_str()) {
            // The global endpoint belongs to no Region and has no other forms.
            (Service::Sts, "aws-global") if !self.use_fips && !self.use_dualstack => {
                Endpoint(format!("https://{prefix}.{suffix}"))
            }
            _ => Endpoint(format!("https://{prefix}.{region}.{suffix}")),
        }
    }
}

/// The base URL of a service: a scheme, a host, optionally a port and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(String);

/// Characters that are percent-encoded in a query or a form: all but the unreserved characters of
/// RFC 3986 §2.3.
pub const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Endpoint {
    /// Returns the URL, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the URL of `path`, which starts with a slash, with `query` percent-encoded in its
    /// order.
    ///
    /// # Errors
    ///
    /// [`TransportError::BadUrl`] if the URL is too long.
    pub fn uri(&self, path: &str, query: &[(&str, &str)]) -> Result<Uri, TransportError> {
        let mut uri = format!("{self}{path}");
        for (separator, (name, value)) in std::iter::once('?')
            .chain(std::iter::repeat('&'))
            .zip(query)
        {
            uri.push(separator);
            uri.push_str(name);
            uri.push('=');
            uri.extend(utf8_percent_encode(value, RESERVED));
        }
        Uri::try_from(uri).map_err(|_| TransportError::BadUrl {
            reason: "it is too long",
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Endpoint {
    type Err = EndpointError;

    /// Parses a configured URL: `https://`, or `http://` to a loopback address. Its path becomes
    /// the start of every path.
    fn from_str(url: &str) -> Result<Self, EndpointError> {
        match problem(url) {
            Some(reason) => Err(EndpointError::InvalidUrl { reason }),
            None => Ok(Self(url.trim_end_matches('/').to_owned())),
        }
    }
}

fn problem(url: &str) -> Option<&'static str> {
    // `Uri` drops a fragment silently.
    if url.contains('#') {
        return Some("it has a fragment");
    }
    let Ok(uri) = url.parse::<Uri>() else {
        return Some("it is no URL");
    };
    let Some(authority) = uri.authority() else {
        return Some("it names no host");
    };
    if uri.query().is_some() {
        return Some("it has a query");
    }
    problem_of_scheme(&uri, authority.host()).or_else(|| problem_of_authority(authority))
}

fn problem_of_scheme(uri: &Uri, host: &str) -> Option<&'static str> {
    match uri.scheme_str() {
        Some("https") => None,
        Some("http") if is_loopback(host) => None,
        Some("http") => Some("http:// is for loopback addresses alone, use https://"),
        _ => Some("it does not start with https://"),
    }
}

/// Returns the reason why an authority is neither `HOST` nor `HOST:PORT`. The reason never quotes
/// the authority, which may hold a password.
pub(crate) fn problem_of_authority(authority: &Authority) -> Option<&'static str> {
    let host = authority.host();
    if authority.as_str().contains('@') {
        Some("it has a user name or a password")
    } else if host.is_empty() {
        Some("it names no host")
    } else if authority.as_str() != host && authority.port_u16().is_none() {
        Some("its port is no port")
    } else {
        None
    }
}

/// Returns whether `host`, as written in a URL, can only be this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
