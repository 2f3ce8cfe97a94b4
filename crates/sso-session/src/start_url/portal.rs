//! The IAM Identity Center instance of a start URL.

use std::time::Duration;

use http::{Method, Request, StatusCode, Uri};
use sso_transport::Transport;
use sso_types::{Region, StartUrl, sanitize};

use super::normalize;
use crate::clients::ServiceClients;
use crate::error::{Error, StartUrlError};
use crate::error_chain::ErrorChain;

const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(10);

/// Host names of the start URLs that AWS assigns. `*` matches any label, `REGION` the Region of the
/// instance.
const KNOWN_HOSTS: [&str; 16] = [
    "*.awsapps.com",
    "start.us-gov-home.awsapps.com",
    "start.REGION.us-gov-home.awsapps.com",
    "*.portal.REGION.app.aws",
    "*.REGION.portal.amazonaws.com",
    "identitycenter.amazonaws.com",
    "identitycenter.us-gov.amazonaws.com",
    "*.awsapps.cn",
    "start.home.awsapps.cn",
    "start.REGION.home.awsapps.cn",
    "*.REGION.portal.amazonaws.com.cn",
    "*.portal.REGION.app.amazonwebservices.com.cn",
    "identitycenter.amazonaws.com.cn",
    "*.REGION.portal.amazonaws.eu",
    "*.portal.REGION.api.amazonwebservices.eu",
    "identitycenter.amazonaws.eu",
];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Portal {
    pub(super) issuer: StartUrl,
    pub(super) region: Option<Region>,
}

impl Portal {
    /// Resolves the start URL. If `region` is known, logs a failed lookup as a warning.
    pub(super) fn resolve(
        start_url: &StartUrl,
        region: Option<Region>,
        clients: &ServiceClients<'_>,
        trusts: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let transport = clients.transport_within(LOOK_UP_TIMEOUT)?;
        match Self::look_up(start_url, &transport, trusts) {
            Ok(portal) => Ok(Self {
                region: portal.region.or(region),
                ..portal
            }),
            Err(error @ (StartUrlError::LookUp(_) | StartUrlError::Status { .. }))
                if region.is_some() =>
            {
                let reason = ErrorChain(&error);
                log::warn!("cannot resolve start URL {start_url}, using it as written: {reason}");
                Ok(Self {
                    issuer: start_url.clone(),
                    region,
                })
            }
            Err(source) => Err(Error::StartUrl {
                start_url: start_url.clone(),
                source: Box::new(source),
            }),
        }
    }

    /// Looks up the start URL. Returns it as written if it does not redirect or is not https.
    fn look_up(
        start_url: &StartUrl,
        transport: &impl Transport,
        trusts: &dyn Fn(&str) -> bool,
    ) -> Result<Self, StartUrlError> {
        if let Some(portal) = Self::from_known_host(start_url) {
            return Ok(portal);
        }
        match redirect_target(start_url, transport)? {
            None => Ok(Self::as_written(start_url.clone())),
            Some(target) => Self::at_target(target, trusts),
        }
    }

    /// Returns the instance at the target of a redirect. Sends no request to the target.
    fn at_target(target: StartUrl, trusts: &dyn Fn(&str) -> bool) -> Result<Self, StartUrlError> {
        match Self::from_known_host(&target) {
            Some(portal) => Ok(portal),
            None if is_https(target.as_str()) && trusts(target.as_str()) => {
                Ok(Self::as_written(target))
            }
            None => Err(StartUrlError::UntrustedTarget {
                target: sanitize(target.as_str()),
            }),
        }
    }

    pub(super) fn from_known_host(start_url: &StartUrl) -> Option<Self> {
        let host = web_host(&parse(start_url.as_str())?)?;
        let mut portals = KNOWN_HOSTS.iter();
        portals.find_map(|pattern| Self::match_host(start_url, &host, pattern))
    }

    fn match_host(start_url: &StartUrl, host: &str, pattern: &str) -> Option<Self> {
        let (host, pattern) = (host.split('.'), pattern.split('.'));
        if host.clone().count() != pattern.clone().count() {
            return None;
        }
        let mut portal = Self::as_written(start_url.clone());
        for (label, expected) in host.zip(pattern) {
            match expected {
                "*" if !label.is_empty() => {}
                "REGION" => portal.region = Some(label.parse().ok()?),
                expected if expected == label => {}
                _ => return None,
            }
        }
        Some(portal)
    }

    fn as_written(issuer: StartUrl) -> Self {
        Self {
            issuer,
            region: None,
        }
    }
}

/// Parses a URL with a host. The parser removes a fragment.
fn parse(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    uri.host()
        .is_some_and(|host| !host.is_empty())
        .then_some(uri)
}

/// Returns the host of an https URL in lower case, or `None` if the URL has a user or a port.
fn web_host(url: &Uri) -> Option<String> {
    let authority = url.authority()?;
    let is_plain = authority.as_str() == authority.host() && url.scheme_str() == Some("https");
    is_plain.then(|| authority.host().to_ascii_lowercase())
}

/// Returns the redirect target of `start_url`, if any. Sends a request only for https.
fn redirect_target(
    start_url: &StartUrl,
    transport: &impl Transport,
) -> Result<Option<StartUrl>, StartUrlError> {
    let url: Uri = parse(start_url.as_str()).ok_or(StartUrlError::InvalidUrl)?;
    let target = match url.scheme_str() {
        Some("https") => request_redirect(&url, transport)?,
        Some("http") => None,
        _ => return Err(StartUrlError::InvalidUrl),
    };
    Ok(target.map(|target| normalize(&absolute(&url, &target)).into()))
}

/// Sends a HEAD request, or a GET request if the server does not support HEAD.
fn request_redirect(
    url: &Uri,
    transport: &impl Transport,
) -> Result<Option<String>, StartUrlError> {
    match send(Method::HEAD, url, transport)? {
        LookUp::Status(StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED) => {
            send(Method::GET, url, transport)?.target()
        }
        response => response.target(),
    }
}

enum LookUp {
    Redirected(String),
    Status(StatusCode),
}

fn send(method: Method, url: &Uri, transport: &impl Transport) -> Result<LookUp, StartUrlError> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    *request.uri_mut() = url.clone();
    match transport.send(request) {
        Ok(response) => Ok(LookUp::Status(response.status())),
        Err(error) => match error.redirect_target() {
            Some(target) => Ok(LookUp::Redirected(target.to_owned())),
            None => Err(error.into()),
        },
    }
}

impl LookUp {
    fn target(self) -> Result<Option<String>, StartUrlError> {
        match self {
            Self::Redirected(target) => Ok(Some(target)),
            Self::Status(status) if status.is_success() => Ok(None),
            Self::Status(status) => Err(StartUrlError::Status {
                status: status.as_u16(),
            }),
        }
    }
}

/// Returns the absolute URL of a `Location` header, which may be a path (RFC 9110 §10.2.2).
fn absolute(url: &Uri, target: &str) -> String {
    let authority = url.authority().map_or("", |authority| authority.as_str());
    match target.strip_prefix('/') {
        Some(path) if !path.starts_with('/') => format!("https://{authority}/{path}"),
        _ => target.to_owned(),
    }
}

fn is_https(url: &str) -> bool {
    parse(url).is_some_and(|url| url.scheme_str() == Some("https"))
}
