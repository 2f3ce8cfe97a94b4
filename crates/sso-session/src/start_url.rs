//! Where a start URL leads: AWS's own forms say it themselves, any other is asked once.

mod portal;

use sso_config::SsoSession;
use sso_transport::Endpoint;
use sso_types::{Region, StartUrl};

use crate::clients::ServiceClients;
use crate::error::Error;

use portal::Portal;

/// A session in the Region where it is, and the start URL that the service goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedStartUrl {
    /// The session, whose start URL stays as written: it is the name of the token.
    pub session: SsoSession,
    /// The start URL to sign in with. For a vanity URL where that leads, else as written.
    pub issuer: StartUrl,
}

impl ResolvedStartUrl {
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
        let portal = Portal::resolve(&session.start_url, region, clients, trusts)?;
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
        let portal = Portal::resolve(start_url, region, clients, trusts)?;
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
}

/// Returns a start URL that somebody has just typed or copied from a browser without what means
/// nothing in it: white space around it, a fragment, slashes at the end. What is stored already
/// keeps its spelling, since the token bears its name.
///
/// ```
/// let typed = " https://my-portal.awsapps.com/start/#/ ";
/// let start_url = sso_session::start_url::normalize_start_url(typed);
/// assert_eq!(start_url.as_str(), "https://my-portal.awsapps.com/start");
/// ```
#[must_use]
pub fn normalize_start_url(typed: &str) -> StartUrl {
    normalize(typed.trim()).into()
}

/// Whether somebody may sign in at what was typed: an https URL, or an http URL of this machine,
/// where an emulator may be.
///
/// ```
/// use sso_session::start_url::is_start_url;
///
/// assert!(is_start_url("https://my-portal.awsapps.com/start#/"));
/// assert!(is_start_url("http://127.0.0.1:8080/start"));
/// assert!(!is_start_url("http://my-portal.awsapps.com/start"));
/// ```
#[must_use]
pub fn is_start_url(typed: &str) -> bool {
    normalize(typed).parse::<Endpoint>().is_ok()
}

/// Returns the Region that a start URL of one of AWS's forms carries.
///
/// ```
/// let start_url = "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws".into();
/// let region = sso_session::start_url::region_of_start_url(&start_url);
/// assert_eq!(region.unwrap().as_str(), "eu-west-1");
/// ```
#[must_use]
pub fn region_of_start_url(start_url: &StartUrl) -> Option<Region> {
    Portal::from_known_host(start_url)?.region
}

fn normalize(url: &str) -> &str {
    url.split('#')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/')
}
