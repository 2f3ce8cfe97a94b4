//! Resolution of start URLs: AWS's own URLs by their host name, vanity URLs by their redirect.

mod aws_host;
mod normal_url;
mod portal;
mod typed;

use sso_config::SsoSession;
use sso_types::{Region, StartUrl};

use crate::clients::ServiceClients;
use crate::error::{Error, StartUrlError};

pub use crate::start_url_problem::StartUrlProblem;
use portal::Portal;
pub use typed::{check_written_start_url, parse_start_url, with_assigned_path};

/// Decision whether to sign in at the target of a redirect that is not a host of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Sign in there.
    Trusted,
    /// The user was asked and refused.
    Refused,
    /// The user cannot be asked.
    NotAsked,
}

/// Session in its actual Region, and the start URL of the IAM Identity Center instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedStartUrl {
    /// Session, with the start URL as written, because the spelling identifies the cached token.
    pub session: SsoSession,
    /// Start URL for the sign-in: the target of a vanity URL, or the URL as written.
    pub issuer: StartUrl,
}

impl ResolvedStartUrl {
    /// Resolves the start URL of `session` by its host name, or else by a request. Only the first
    /// redirect is used, and its target receives no request. `trusts` decides whether to sign in at
    /// a target that is not a host of AWS.
    ///
    /// A Region in the host name takes precedence over the configured Region. If the request fails or
    /// the URL redirects to itself, logs a warning and uses the start URL as written.
    ///
    /// # Errors
    ///
    /// [`Error::StartUrl`].
    pub fn of(
        session: &SsoSession,
        clients: &ServiceClients<'_>,
        trusts: &dyn Fn(&str) -> Trust,
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

    /// Resolves a start URL that is not in the config file. Its token cannot be refreshed, as for a
    /// legacy profile.
    ///
    /// # Errors
    ///
    /// [`Error::StartUrl`], and [`Error::NoRegion`] if `region` is `None` and the host name
    /// contains no Region.
    pub fn of_start_url(
        start_url: &StartUrl,
        region: Option<Region>,
        clients: &ServiceClients<'_>,
        trusts: &dyn Fn(&str) -> Trust,
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

/// Looks up a start URL, and returns the Region of its access portal if it is known: by the host name, or
/// else by a request, as [`ResolvedStartUrl::of`] does.
///
/// # Errors
///
/// [`Error::StartUrl`], also if the request fails.
pub fn look_up(
    start_url: &StartUrl,
    clients: &ServiceClients<'_>,
) -> Result<Option<Region>, Error> {
    let portal = Portal::resolve(start_url, None, clients, &|_| Trust::NotAsked)?;
    Ok(portal.region)
}

/// Removes surrounding white space, the fragment and trailing slashes from a start URL. Use this
/// only for new input: a stored start URL must keep its spelling, because the spelling identifies
/// the token in the cache.
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

/// Returns true if the text is a valid start URL, as for [`parse_start_url`]: an https URL, or an http URL
/// with a loopback address, such as that of an emulator.
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
    parse_start_url(typed).is_ok()
}

/// Checks that a start URL is valid, so that it can be used as it is written.
///
/// # Errors
///
/// [`Error::StartUrl`] with the problem of [`check_written_start_url`].
pub fn check_start_url(start_url: &StartUrl) -> Result<(), Error> {
    check_written_start_url(start_url.as_str()).map_err(|problem| Error::StartUrl {
        start_url: start_url.clone(),
        source: Box::new(StartUrlError::InvalidUrl(problem)),
    })
}

/// Returns the Region in the host name of a start URL, if it is a host of AWS and contains one.
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

/// Returns whether a start URL is one that AWS assigns, by its host name. Sends no request.
///
/// ```
/// use sso_session::start_url::has_aws_host;
///
/// assert!(has_aws_host(&"https://my-portal.awsapps.com/start".into()));
/// assert!(!has_aws_host(&"https://sso.example.com/start".into()));
/// ```
#[must_use]
pub fn has_aws_host(start_url: &StartUrl) -> bool {
    Portal::from_known_host(start_url).is_some()
}

/// Returns true if both start URLs identify the same access portal: see [`comparable_start_url`].
#[must_use]
pub fn is_same_start_url(one: &StartUrl, other: &StartUrl) -> bool {
    one == other || comparable_start_url(one) == comparable_start_url(other)
}

/// Returns a text that is equal for all spellings of a start URL, such as `…/start`, `…/start#/`, and
/// those with capitals in the host name. Use it only for comparisons.
///
/// ```
/// use sso_session::start_url::comparable_start_url;
///
/// let of = |start_url: &str| comparable_start_url(&start_url.into());
/// let portal = of("https://my-portal.awsapps.com/start");
/// assert_eq!(of("https://My-Portal.awsapps.com:443/start/#/"), portal);
/// assert_ne!(of("https://my-portal.awsapps.com/Start"), portal);
/// ```
#[must_use]
pub fn comparable_start_url(start_url: &StartUrl) -> String {
    let url = normalize(start_url.as_str());
    let (base, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    let normal = normal_url::normalized(base);
    normal.map_or_else(|| url.to_owned(), |normal| normal + query)
}

fn normalize(url: &str) -> &str {
    url.split('#')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/')
}
