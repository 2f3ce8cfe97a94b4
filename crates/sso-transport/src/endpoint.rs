//! Endpoints of the services.

mod partition;

use std::fmt;
use std::net::IpAddr;

use http::uri::Authority;
use http::{Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sso_types::Region;

pub use self::partition::Partition;
use crate::endpoint_setting::EndpointSetting;
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
    /// The federation endpoint of AWS Sign-In, which signs in to the console.
    Federation,
}

impl Service {
    /// Returns the prefixes of the host names: standard, then FIPS.
    fn host_prefixes(self) -> (&'static str, &'static str) {
        match self {
            Self::SsoOidc => ("oidc", "oidc-fips"),
            Self::SsoPortal => ("portal.sso", "portal.sso-fips"),
            Self::Sts => ("sts", "sts-fips"),
            Self::Federation => ("signin", "signin-fips"),
        }
    }
}

/// Endpoint settings: variants and custom URLs. The default is the public endpoint of each service
/// in a Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Selects FIPS 140 endpoints.
    pub use_fips: bool,
    /// Selects dual-stack endpoints (IPv4 and IPv6).
    pub use_dualstack: bool,
    /// Custom URL for [`Service::SsoOidc`].
    pub sso_oidc: Option<String>,
    /// Custom URL for [`Service::SsoPortal`].
    pub sso_portal: Option<String>,
    /// Custom URL for [`Service::Sts`].
    pub sts: Option<String>,
    /// Custom URL for [`Service::Federation`].
    pub federation: Option<String>,
}

impl Endpoints {
    /// Returns the endpoint of `service` in `region`, by the rule sets and partitions that AWS
    /// publishes. A Region of an unknown partition is treated as part of `aws`.
    ///
    /// # Errors
    ///
    /// If the custom URL of the service is invalid or combined with FIPS or dual-stack endpoints, or if
    /// the service has no FIPS endpoint.
    pub fn resolve(&self, service: Service, region: &Region) -> Result<Endpoint, EndpointError> {
        match self.custom(service) {
            Some(_) if self.use_fips => Err(EndpointError::CustomWithFips),
            Some(_) if self.use_dualstack => Err(EndpointError::CustomWithDualstack),
            Some(url) => url.parse(),
            None if service == Service::Federation => self.federation(region),
            None => Ok(self.regional(service, region)),
        }
    }

    /// Returns the Region for the signature of a request to `service` in `region`: the same Region,
    /// except for global endpoints. Source: `signingRegion` in the rule set of STS.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "us-east-1 is a valid Region")]
    pub fn signing_region(&self, service: Service, region: &Region) -> Region {
        let is_global = service == Service::Sts && region.as_str() == "aws-global";
        if is_global && self.custom(service).is_none() {
            return "us-east-1".parse().expect("us-east-1 is a valid Region");
        }
        region.clone()
    }

    fn custom(&self, service: Service) -> Option<&str> {
        match service {
            Service::SsoOidc => self.sso_oidc.as_deref(),
            Service::SsoPortal => self.sso_portal.as_deref(),
            Service::Sts => self.sts.as_deref(),
            Service::Federation => self.federation.as_deref(),
        }
    }

    /// Returns the global endpoint of the partition, or that in the Region if there is no other. It has
    /// no dual-stack variant. Only the partition `aws-us-gov` has FIPS endpoints.
    fn federation(&self, region: &Region) -> Result<Endpoint, EndpointError> {
        let partition = Partition::of(region);
        let domain = partition.sign_in_domain;
        if !self.use_fips {
            return Ok(Endpoint::of_url(if partition.is_sign_in_regional {
                format!("https://{region}.{domain}")
            } else {
                format!("https://{domain}")
            }));
        }
        let (standard, fips) = Service::Federation.host_prefixes();
        let domain = domain.strip_prefix(standard);
        match domain.filter(|_| partition.standard_is_fips) {
            Some(domain) if *region == partition.first_region() => {
                Ok(Endpoint::of_url(format!("https://{fips}{domain}")))
            }
            Some(domain) => Ok(Endpoint::of_url(format!("https://{region}.{fips}{domain}"))),
            None => Err(EndpointError::NoFips),
        }
    }

    fn regional(&self, service: Service, region: &Region) -> Endpoint {
        let partition = Partition::of(region);
        let (standard, fips) = service.host_prefixes();
        let suffix = if self.use_dualstack {
            partition.dualstack_suffix
        } else {
            partition.suffix
        };
        let standard_is_fips = partition.standard_is_fips && !self.use_dualstack;
        let prefix = if self.use_fips && !standard_is_fips {
            fips
        } else {
            standard
        };
        match (service, region.as_str()) {
            // The global endpoint has no Region, and no FIPS or dual-stack variant.
            (Service::Sts, "aws-global") if !self.use_fips && !self.use_dualstack => {
                Endpoint::of_url(format!("https://{prefix}.{suffix}"))
            }
            _ => Endpoint::of_url(format!("https://{prefix}.{region}.{suffix}")),
        }
    }
}

/// Base URL of a service: a scheme, a host, optionally a port and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    setting: Option<EndpointSetting>,
}

/// Characters that are percent-encoded in a query or a form: all except the unreserved characters
/// of RFC 3986 §2.3.
pub const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Endpoint {
    fn of_url(url: String) -> Self {
        Self { url, setting: None }
    }

    /// Sets the name of the setting that contains the URL, for errors.
    #[must_use]
    pub fn with_setting(self, name: impl Into<String>) -> Self {
        Self {
            setting: Some(EndpointSetting(name.into())),
            ..self
        }
    }

    /// Lets errors of `request` name the [setting](Self::with_setting) of this endpoint.
    pub fn name_setting_in_errors<T>(&self, request: &mut Request<T>) {
        if let Some(setting) = &self.setting {
            request.extensions_mut().insert(setting.clone());
        }
    }

    /// Returns the URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Returns the URL of `path`, which must start with a slash. The values of `query` are
    /// percent-encoded; the order is kept.
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
        f.write_str(&self.url)
    }
}

impl std::str::FromStr for Endpoint {
    type Err = EndpointError;

    /// Parses a configured URL: `https://`, or `http://` with a loopback address. Its path becomes
    /// the prefix of every request path.
    fn from_str(url: &str) -> Result<Self, EndpointError> {
        match url_problem(url) {
            Some(reason) => Err(EndpointError::InvalidUrl { reason }),
            None => Ok(Self::of_url(url.trim_end_matches('/').to_owned())),
        }
    }
}

fn url_problem(url: &str) -> Option<&'static str> {
    // `Uri` drops a fragment silently.
    if url.contains('#') {
        return Some("it has a fragment");
    }
    let Ok(uri) = url.parse::<Uri>() else {
        return Some("it is not a URL");
    };
    let Some(authority) = uri.authority() else {
        return Some("it has no host");
    };
    if uri.query().is_some() {
        return Some("it has a query");
    }
    scheme_problem(&uri, authority.host()).or_else(|| authority_problem(authority))
}

/// Returns whether a browser may open `url`, which a server sent: an `https` URL in printable ASCII,
/// or an `http` URL of a loopback address, without a user name and a password.
#[must_use]
pub fn is_safe_web_url(url: &str) -> bool {
    let is_printable = url.chars().all(|character| character.is_ascii_graphic());
    // Browsers read a backslash as a slash.
    let is_printable = is_printable && !url.contains('\\');
    let parsed = url.parse::<Uri>().ok().filter(|_| is_printable);
    parsed.is_some_and(|uri| {
        uri.authority().is_some_and(|authority| {
            let problem = scheme_problem(&uri, authority.host());
            problem.or_else(|| authority_problem(authority)).is_none()
        })
    })
}

const INSECURE: &str = "http:// is allowed only for loopback addresses; use https://";

impl EndpointError {
    /// Returns true if the URL is not an `https` URL, but one with which other programs send requests
    /// unencrypted.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        matches!(self, Self::InvalidUrl { reason } if *reason == INSECURE)
    }
}

fn scheme_problem(uri: &Uri, host: &str) -> Option<&'static str> {
    match uri.scheme_str() {
        Some("https") => None,
        Some("http") if is_loopback(host) => None,
        Some("http") => Some(INSECURE),
        _ => Some("it does not start with https://"),
    }
}

/// Returns the reason why `authority` is not `HOST` or `HOST:PORT`. The reason never quotes the
/// authority, which may contain a password.
pub(crate) fn authority_problem(authority: &Authority) -> Option<&'static str> {
    let host = authority.host();
    if authority.as_str().contains('@') {
        Some("it has a user name or a password")
    } else if host.is_empty() {
        Some("it has no host")
    } else if authority.as_str() != host && authority.port_u16().is_none() {
        Some("its port is invalid")
    } else {
        None
    }
}

/// Returns whether `host`, as written in a URL, is a loopback address or `localhost`.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
