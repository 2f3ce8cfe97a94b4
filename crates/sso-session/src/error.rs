use std::io;
use std::num::NonZeroU16;
use std::time::Duration;

use sso_config::SsoSession;
use sso_oidc::OidcError;
use sso_portal::PortalError;
use sso_transport::{EndpointError, TransportError};
use sso_types::{Region, StartUrl, whole_minutes};
use token_cache::refresh::RequestError;
use token_cache::{CacheError, EntryLocation};

use crate::clock_skew::ClockSkew;
use crate::start_url_problem::StartUrlProblem;

/// Names of operations in [`Error::Oidc`].
pub(crate) const START_DEVICE_AUTHORIZATION: &str = "StartDeviceAuthorization";
pub(crate) const CREATE_TOKEN: &str = "CreateToken";

/// An error of the token, the sign-in or the sign-out of a session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is missing or invalid, or the config file cannot be edited.
    #[error(transparent)]
    Config(#[from] sso_config::Error),

    /// The configured endpoint cannot be used.
    #[error("cannot use the endpoint URL in {setting}")]
    Endpoint {
        /// Setting that contains the URL: the name of a variable, or a key with its location.
        setting: String,
        /// Cause.
        source: EndpointError,
    },

    /// A service has no FIPS endpoint, which the configuration requires.
    #[error("cannot use FIPS endpoints, which {setting} turns on")]
    Fips {
        /// Setting that turns the FIPS endpoints on: the name of a variable, or a key with its location.
        setting: String,
        /// Cause.
        source: EndpointError,
    },

    /// The CA bundle cannot be used. No request was sent.
    #[error("cannot send requests with the CA bundle from {setting}")]
    CaBundle {
        /// Setting that contains the path: an option, the name of a variable, or a key with its
        /// location.
        setting: String,
        /// Cause.
        source: TransportError,
    },

    /// A proxy setting is invalid. No request was sent.
    #[error("cannot send requests")]
    Proxy(#[source] TransportError),

    /// The start URL cannot be resolved.
    #[error("cannot resolve start URL {start_url}")]
    StartUrl {
        /// Start URL as written. Its `Display` masks a user name, a password and a query.
        start_url: StartUrl,
        /// Cause.
        source: Box<StartUrlError>,
    },

    /// The Region is neither given nor part of the host name of the resolved start URL.
    #[error("cannot determine the Region of start URL {start_url}")]
    NoRegion {
        /// Start URL.
        start_url: StartUrl,
    },

    /// The Region has no IAM Identity Center instance with this start URL.
    #[error("the sign-in service in {region} does not know start URL {start_url}")]
    UnknownStartUrl {
        /// Start URL of the request.
        start_url: StartUrl,
        /// Region of the request.
        region: Region,
        /// Error of the service.
        source: Box<OidcError>,
    },

    /// Neither the token nor the config file contains the Region of the session.
    #[error("cannot determine the Region of the token in {location}")]
    UnknownRegion {
        /// Location of the token.
        location: EntryLocation,
    },

    /// The user has to sign in first.
    #[error("{}", reason.message_for(session))]
    SignInRequired {
        /// Session to sign in to.
        session: Box<SsoSession>,
        /// Reason.
        reason: SignInReason,
    },

    /// A request to the OIDC service failed, or could not be prepared.
    #[error("{operation} failed")]
    Oidc {
        /// Operation of the API, such as `CreateToken`, or `preparing the sign-in`.
        operation: &'static str,
        /// Cause.
        source: OidcError,
    },

    /// A request to the access portal failed.
    #[error("{operation} failed")]
    Portal {
        /// Operation of the API, such as `Logout`.
        operation: &'static str,
        /// Cause.
        source: PortalError,
    },

    /// The local clock differs from the services' clock.
    #[error("{skew}")]
    ClockOff {
        /// Difference between the clocks.
        skew: ClockSkew,
        /// Error that the difference may have caused.
        source: Box<Error>,
    },

    /// The cache cannot be read, locked or written.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// The user approved the sign-in, and the service issued the token, but it cannot be saved.
    #[error("the sign-in was approved, but its token cannot be saved")]
    TokenNotSaved {
        /// Cause.
        source: CacheError,
    },

    /// The listener for the redirect cannot be opened.
    #[error("cannot listen on 127.0.0.1{} for the sign-in redirect", port.map_or_else(String::new, |port| format!(":{port}")))]
    Listen {
        /// Requested port, if any.
        port: Option<NonZeroU16>,
        /// Error of the operating system.
        source: io::Error,
    },

    /// The user did not approve the request in time.
    #[error("the sign-in was not approved within {}", whole_minutes(*timeout))]
    NotApproved {
        /// Time limit.
        timeout: Duration,
        /// True if the sign-in service may not know the client, so that the browser may have shown
        /// an error page instead of the request. The next sign-in registers a new client.
        may_be_unknown_client: bool,
    },

    /// The user cancelled the sign-in before it was approved.
    #[error("the sign-in was cancelled")]
    Cancelled,

    /// The authorization server redirected the browser without a code.
    #[error("the sign-in failed: {description}")]
    AuthorizationRefused {
        /// Error code of RFC 6749 §4.1.2.1.
        error: String,
        /// Description by the server, without control characters.
        description: String,
    },
}

impl RequestError for Error {
    fn retry_after(&self) -> Option<Duration> {
        Self::retry_after(self)
    }
}

impl Error {
    /// Returns true if a sign-in is required.
    #[must_use]
    pub fn is_sign_in_required(&self) -> bool {
        self.session_to_sign_in().is_some()
    }

    /// Returns the session to sign in to, if a sign-in is required.
    #[must_use]
    pub fn session_to_sign_in(&self) -> Option<&SsoSession> {
        match self {
            Self::SignInRequired { session, .. } => Some(session),
            Self::ClockOff { source, .. } => source.session_to_sign_in(),
            _ => None,
        }
    }

    /// Returns the pause that a service requests before the next request, if it requests one.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Oidc { source, .. } => source.retry_after(),
            Self::Portal { source, .. } => source.service_error()?.retry_after,
            Self::ClockOff { source, .. } => source.retry_after(),
            _ => None,
        }
    }

    /// Returns true if the access portal rejected the token.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Portal { source, .. } => source.is_unauthorized(),
            Self::ClockOff { source, .. } => source.is_unauthorized(),
            _ => false,
        }
    }
}

/// Reason why a sign-in is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInReason {
    /// The cache contains no token.
    NotSignedIn,
    /// The token has expired and cannot be refreshed.
    Expired,
    /// The token is valid for this duration only, and cannot be refreshed.
    ExpiresIn(Duration),
    /// The service rejected the refresh token.
    SessionEnded,
    /// The refresh was refused without an error code. The response may come from a proxy or a firewall.
    RefreshRefused {
        /// HTTP status.
        status: u16,
    },
    /// The token has expired long ago, and the service calls the fault of the refresh temporary with a
    /// status 4xx.
    RefreshUnavailable {
        /// HTTP status.
        status: u16,
    },
    /// The access portal no longer accepts the token.
    Revoked,
}

impl SignInReason {
    fn message_for(self, session: &SsoSession) -> String {
        let session = session.label();
        match self {
            Self::NotSignedIn => format!("not signed in to {session}"),
            Self::Expired => format!("the token for {session} has expired"),
            Self::ExpiresIn(left) => format!(
                "the token for {session} expires in {} and cannot be refreshed",
                whole_minutes(left)
            ),
            Self::SessionEnded => format!("the access portal session for {session} has ended"),
            Self::RefreshRefused { status } => format!(
                "the access portal session for {session} has ended: \
                 the refresh was refused with HTTP {status} and no error code"
            ),
            Self::RefreshUnavailable { status } => format!(
                "the token for {session} has expired, and the service cannot refresh it now: \
                 the refresh failed with HTTP {status}"
            ),
            Self::Revoked => {
                format!("the access portal no longer accepts the token for {session}")
            }
        }
    }
}

/// Reason why a start URL cannot be resolved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartUrlError {
    /// The start URL is not valid.
    #[error(transparent)]
    InvalidUrl(StartUrlProblem),
    /// The request to the host failed.
    #[error("the request failed")]
    LookUp(#[from] TransportError),
    /// The server responded with an error status.
    #[error("the server responded with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// The start URL redirects to a host that is not one of AWS and that the caller does not trust.
    #[error("it redirects to {target}, which is not an AWS start URL")]
    UntrustedTarget {
        /// Target without control characters.
        target: String,
        /// True if the user was asked and refused.
        is_refused: bool,
    },
    /// The start URL redirects to a URL without TLS, with a user name, or that is invalid. The caller is
    /// not asked.
    #[error("it redirects to {target}, which is not an https URL without a user name")]
    UnsafeTarget {
        /// Target without control characters.
        target: String,
    },
    /// The start URL redirects to itself, for example with another query.
    #[error("it redirects to itself")]
    RedirectsToItself,
}
