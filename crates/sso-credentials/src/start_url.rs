//! Where a start URL leads: AWS's own forms say it themselves, any other is asked once.

use std::time::Duration;

use aws_config_parse::{Document, EditError, Outcome, SectionName, SectionRef};
use http::{Method, Request, StatusCode, Uri};
use sso_transport::{Transport, TransportError, printable};
use sso_types::{Region, StartUrl};

use crate::cached::with_causes;
use crate::profile::{REGION, SESSION};
use crate::{AwsEnv, Clock, ConfigEdit, Error, ServiceClients, SsoSession};

/// How long the look-up may take.
const LOOK_UP_TIME: Duration = Duration::from_secs(10);

/// The hosts of the start URLs that AWS gives out. `*` is a name, `REGION` the Region of the
/// instance.
const FORMS: [&str; 14] = [
    "*.awsapps.com",
    "start.us-gov-home.awsapps.com",
    "start.REGION.us-gov-home.awsapps.com",
    "*.portal.REGION.app.aws",
    "*.REGION.portal.amazonaws.com",
    "identitycenter.amazonaws.com",
    "identitycenter.us-gov.amazonaws.com",
    "*.awsapps.cn",
    "*.REGION.portal.amazonaws.com.cn",
    "*.portal.REGION.app.amazonwebservices.com.cn",
    "identitycenter.amazonaws.com.cn",
    "*.REGION.portal.amazonaws.eu",
    "*.portal.REGION.api.amazonwebservices.eu",
    "identitycenter.amazonaws.eu",
];

/// A session in the Region where it is, and the start URL that the service goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The session, whose start URL stays as written: it is the name of the token.
    pub session: SsoSession,
    /// The start URL to sign in with. For a vanity URL where that leads, else as written.
    pub issuer: StartUrl,
}

/// Why it is not known what is behind a start URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartUrlError {
    /// It is no address.
    #[error("it is no https URL")]
    NoUrl,
    /// Nobody answers there.
    #[error("it cannot be looked up")]
    LookUp(#[from] TransportError),
    /// The one who answers there does not know it.
    #[error("its server answers with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// It leads to a host that is not AWS's, and nobody has agreed to that.
    #[error("it leads to {target}, which is no start URL of AWS")]
    Foreign {
        /// Where it leads, printable.
        target: String,
    },
}

impl Located {
    /// Finds out where the start URL of `session` leads: by its form, else by one request to it,
    /// of which one redirect counts. `trusts` decides about a target that is not AWS's.
    ///
    /// A Region that comes of it counts more than the configured one. Where the look-up fails the
    /// start URL is used as given, with a warning.
    ///
    /// # Errors
    ///
    /// [`Error::StartUrl`].
    pub fn of(
        session: &SsoSession,
        clients: &ServiceClients<'_>,
        trusts: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let region = Some(session.region.clone());
        let portal = Portal::or_as_given(&session.start_url, region, clients, trusts)?;
        let region = portal.region.unwrap_or_else(|| session.region.clone());
        Ok(Self {
            session: SsoSession {
                region,
                ..session.clone()
            },
            issuer: portal.issuer,
        })
    }

    /// Does the same for a start URL of which no config knows: the device code and a token that
    /// is not renewed, as for a legacy profile.
    ///
    /// # Errors
    ///
    /// [`Error::StartUrl`], and [`Error::NoRegion`] where neither `region` is given nor the look-up
    /// brings one.
    pub fn of_start_url(
        start_url: &StartUrl,
        region: Option<Region>,
        clients: &ServiceClients<'_>,
        trusts: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let portal = Portal::or_as_given(start_url, region, clients, trusts)?;
        let session = SsoSession {
            name: None,
            start_url: start_url.clone(),
            region: portal.region.ok_or_else(|| Error::NoRegion {
                start_url: start_url.clone(),
            })?,
            scopes: None,
            profile: None,
        };
        Ok(Self {
            session,
            issuer: portal.issuer,
        })
    }

    /// Writes the Region into the config file wherever it stands there for this session: in its
    /// section and in profiles that repeat it, or in the legacy profile. `did` says what is done,
    /// as in `sso-login --profile dev`.
    ///
    /// # Errors
    ///
    /// Those of [`ConfigEdit::at_once`].
    pub fn remember_region(
        &self,
        env: &AwsEnv,
        clock: &dyn Clock,
        did: &str,
    ) -> Result<Outcome, Error> {
        ConfigEdit::at_once(env, clock, did, |document| self.write_region(document))
    }

    fn write_region(&self, document: &mut Document) -> Result<(), EditError> {
        for name in self.sections_with_region(document) {
            if let Some(mut section) = document.section_mut(&name) {
                section.set(REGION, self.session.region.as_str())?;
            }
        }
        Ok(())
    }

    fn sections_with_region(&self, document: &Document) -> Vec<SectionName<'static>> {
        let SsoSession { name, profile, .. } = &self.session;
        let is_ours = |section: &SectionRef<'_>| match (name, section.name()) {
            (Some(name), SectionName::SsoSession(other)) => other == name.as_str(),
            (Some(name), _) => section
                .get(SESSION)
                .is_some_and(|session| session.value() == name.as_str()),
            (None, other) => profile
                .as_ref()
                .is_some_and(|profile| other == SectionName::profile(profile.as_str())),
        };
        let sections = document.sso_sessions().chain(document.profiles());
        sections
            .filter(|section| is_ours(section) && section.get(REGION).is_some())
            .map(|section| section.name().into_owned())
            .collect()
    }
}

/// What is behind a start URL.
#[derive(Debug, PartialEq, Eq)]
struct Portal {
    issuer: StartUrl,
    region: Option<Region>,
}

impl Portal {
    /// Where `region` is known, a look-up that fails is no more than a warning.
    fn or_as_given(
        start_url: &StartUrl,
        region: Option<Region>,
        clients: &ServiceClients<'_>,
        trusts: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        match Self::behind(start_url, clients, trusts) {
            Ok(portal) => Ok(Self {
                region: portal.region.or(region),
                ..portal
            }),
            Err(error @ (StartUrlError::LookUp(_) | StartUrlError::Status { .. }))
                if region.is_some() =>
            {
                let why = with_causes(&error);
                log::warn!("the start URL {start_url} is used as it is: {why}");
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

    /// An address that does not redirect stays as it is, as does one without TLS.
    fn behind(
        start_url: &StartUrl,
        clients: &ServiceClients<'_>,
        trusts: &dyn Fn(&str) -> bool,
    ) -> Result<Self, StartUrlError> {
        if let Some(portal) = Self::of_form(start_url) {
            return Ok(portal);
        }
        let url: Uri = parsed(start_url.as_str()).ok_or(StartUrlError::NoUrl)?;
        let target = match url.scheme_str() {
            Some("https") => redirect_of(&url, &clients.transport_within(LOOK_UP_TIME))?,
            Some("http") => None,
            _ => return Err(StartUrlError::NoUrl),
        };
        let Some(target) = target else {
            return Ok(Self::as_given(start_url.clone()));
        };
        let target = StartUrl::from(normalised(&absolute(&url, &target)));
        match Self::of_form(&target) {
            Some(portal) => Ok(portal),
            None if is_https(&target) && trusts(target.as_str()) => Ok(Self::as_given(target)),
            None => Err(StartUrlError::Foreign {
                target: printable(target.as_str()),
            }),
        }
    }

    /// Returns what a start URL of one of AWS's forms says by itself, `None` for any other.
    fn of_form(start_url: &StartUrl) -> Option<Self> {
        let host = web_host(&parsed(start_url.as_str())?)?;
        let mut portals = FORMS.iter();
        portals.find_map(|form| Self::at_host_of_form(start_url, &host, form))
    }

    fn at_host_of_form(start_url: &StartUrl, host: &str, form: &str) -> Option<Self> {
        let (host, form) = (host.split('.'), form.split('.'));
        if host.clone().count() != form.clone().count() {
            return None;
        }
        let mut portal = Self::as_given(start_url.clone());
        for (label, expected) in host.zip(form) {
            match expected {
                "*" if !label.is_empty() => {}
                "REGION" => portal.region = Some(label.parse().ok()?),
                expected if expected == label => {}
                _ => return None,
            }
        }
        Some(portal)
    }

    fn as_given(issuer: StartUrl) -> Self {
        Self {
            issuer,
            region: None,
        }
    }
}

/// Returns a start URL that somebody has just typed or copied from a browser without what means
/// nothing in it: white space around it, a fragment, slashes at the end. What is stored already
/// keeps its spelling, since the token bears its name.
///
/// ```
/// let typed = " https://my-portal.awsapps.com/start/#/ ";
/// let start_url = sso_credentials::normalised_start_url(typed);
/// assert_eq!(start_url.as_str(), "https://my-portal.awsapps.com/start");
/// ```
#[must_use]
pub fn normalised_start_url(typed: &str) -> StartUrl {
    normalised(typed.trim()).into()
}

fn normalised(url: &str) -> &str {
    url.split('#')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/')
}

/// The parser drops a fragment; it takes some white space, which no address has.
fn parsed(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    uri.host()
        .is_some_and(|host| !host.is_empty())
        .then_some(uri)
}

/// Returns the host of an https URL without a user or a port of its own, in lower case.
fn web_host(url: &Uri) -> Option<String> {
    let authority = url.authority()?;
    let is_plain = authority.as_str() == authority.host() && url.scheme_str() == Some("https");
    is_plain.then(|| authority.host().to_ascii_lowercase())
}

/// Asks `url` once, without a body in either direction where the server has it so.
fn redirect_of(url: &Uri, transport: &impl Transport) -> Result<Option<String>, StartUrlError> {
    match ask(Method::HEAD, url, transport)? {
        Asked::Status(StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED) => {
            ask(Method::GET, url, transport)?.target()
        }
        asked => asked.target(),
    }
}

enum Asked {
    Redirected(String),
    Status(StatusCode),
}

fn ask(method: Method, url: &Uri, transport: &impl Transport) -> Result<Asked, StartUrlError> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    *request.uri_mut() = url.clone();
    match transport.send(request) {
        Ok(answer) => Ok(Asked::Status(answer.status())),
        Err(error) => match error.redirect_target() {
            Some(target) => Ok(Asked::Redirected(target.to_owned())),
            None => Err(error.into()),
        },
    }
}

impl Asked {
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

/// A `Location` may be a path (RFC 9110 §10.2.2).
fn absolute(url: &Uri, target: &str) -> String {
    let authority = url.authority().map_or("", |authority| authority.as_str());
    match target.strip_prefix('/') {
        Some(path) if !path.starts_with('/') => format!("https://{authority}/{path}"),
        _ => target.to_owned(),
    }
}

fn is_https(url: &StartUrl) -> bool {
    parsed(url.as_str()).is_some_and(|url| url.scheme_str() == Some("https"))
}
