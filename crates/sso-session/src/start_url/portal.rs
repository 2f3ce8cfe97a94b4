//! The IAM Identity Center instance of a start URL.

use std::time::Duration;

use http::{Method, Request, StatusCode, Uri};
use sso_transport::{Transport, is_safe_web_url};
use sso_types::{Region, StartUrl, sanitize};

use super::aws_host::AwsHost;
use super::{Trust, normal_url};
use crate::clients::ServiceClients;
use crate::error::{Error, StartUrlError};
use crate::error_chain::ErrorChain;
use crate::start_url_problem::StartUrlProblem;

const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(10);

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
        trusts: &dyn Fn(&str) -> Trust,
    ) -> Result<Self, Error> {
        let transport = clients.transport_within(LOOK_UP_TIMEOUT)?;
        match Self::look_up(start_url, &transport, trusts) {
            Ok(portal) => Ok(Self {
                region: portal.region.or(region),
                ..portal
            }),
            Err(
                error @ (StartUrlError::LookUp(_)
                | StartUrlError::Status { .. }
                | StartUrlError::RedirectsToItself),
            ) if region.is_some() => {
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
        trusts: &dyn Fn(&str) -> Trust,
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
    fn at_target(target: StartUrl, trusts: &dyn Fn(&str) -> Trust) -> Result<Self, StartUrlError> {
        if let Some(portal) = Self::from_known_host(&target) {
            return Ok(portal);
        }
        let shown = sanitize(target.as_str());
        if !may_be_trusted(target.as_str()) {
            return Err(StartUrlError::UnsafeTarget { target: shown });
        }
        let is_refused = match trusts(target.as_str()) {
            Trust::Trusted => return Ok(Self::as_written(target)),
            Trust::Refused => true,
            Trust::NotAsked => false,
        };
        Err(StartUrlError::UntrustedTarget {
            target: shown,
            is_refused,
        })
    }

    pub(super) fn from_known_host(start_url: &StartUrl) -> Option<Self> {
        let host = AwsHost::of(&normal_url::normalized(start_url.as_str())?)?;
        Some(Self {
            issuer: start_url.clone(),
            region: host.region,
        })
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

/// Returns the normalised redirect target of `start_url`, if it redirects. Sends a request only for
/// https.
fn redirect_target(
    start_url: &StartUrl,
    transport: &impl Transport,
) -> Result<Option<StartUrl>, StartUrlError> {
    let invalid = StartUrlError::InvalidUrl;
    let url: Uri = parse(start_url.as_str()).ok_or(invalid(StartUrlProblem::NotAUrl))?;
    if url.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err(invalid(StartUrlProblem::User));
    }
    let location = match url.scheme_str() {
        Some("https") => request_redirect(&url, transport)?,
        Some("http") => None,
        _ => return Err(invalid(StartUrlProblem::Scheme)),
    };
    let target = location.map(|location| normal_url::redirect_target(&url, &location));
    if target.as_ref() == Some(&normal_url::redirect_target(&url, "")) {
        return Err(StartUrlError::RedirectsToItself);
    }
    Ok(target.map(StartUrl::from))
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

/// Returns whether the user may be asked to trust a URL: an https URL without a user.
fn may_be_trusted(url: &str) -> bool {
    let is_https = parse(url).is_some_and(|url| url.scheme_str() == Some("https"));
    is_https && is_safe_web_url(url)
}
