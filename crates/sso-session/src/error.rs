//! Errors of a session.

use std::io;
use std::num::NonZeroU16;

use sso_config::SsoSession;
use sso_oidc::OidcError;
use sso_portal::PortalError;
use sso_transport::{EndpointError, TransportError};
use sso_types::{Region, StartUrl};
use token_cache::{CacheError, EntryLocation};

use crate::clock_skew::ClockSkew;

/// An error of the token, the sign-in or the sign-out of a session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The config lacks a setting, has an invalid one, or cannot be edited.
    #[error(transparent)]
    Config(#[from] sso_config::Error),

    /// The configured endpoint cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),

    /// The start URL cannot be resolved.
    #[error("the start URL {start_url} is unusable")]
    StartUrl {
        /// Start URL as written.
        start_url: StartUrl,
        /// Cause.
        source: Box<StartUrlError>,
    },

    /// The Region of the instance with this start URL is not known.
    #[error("the Region of the start URL {start_url} is not known")]
    NoRegion {
        /// The start URL.
        start_url: StartUrl,
    },

    /// The service in this Region has no instance of IAM Identity Center with this start URL.
    #[error("the sign-in service in {region} does not know the start URL {start_url}")]
    UnknownStartUrl {
        /// Start URL of the request.
        start_url: StartUrl,
        /// The Region.
        region: Region,
        /// Error of the service.
        source: Box<OidcError>,
    },

    /// Neither the token nor the config contains the Region of the session.
    #[error("the region of {location} is not known")]
    UnknownRegion {
        /// The location of the token.
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

    /// The OIDC service refused the request or could not be reached.
    #[error("{operation} failed")]
    Oidc {
        /// Operation that failed, such as `renewing the token`.
        operation: &'static str,
        /// Cause.
        source: OidcError,
    },

    /// The access portal refused the request or could not be reached.
    #[error("{operation} failed")]
    Portal {
        /// Operation that failed, such as `renewing the token`.
        operation: &'static str,
        /// Cause.
        source: PortalError,
    },

    /// This machine's clock differs from the services'.
    #[error("{skew}")]
    ClockOff {
        /// Difference between the clocks.
        skew: ClockSkew,
        /// Error that the difference may explain.
        source: Box<Error>,
    },

    /// The cache cannot be read, locked or written.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// The listener for the redirect cannot be opened.
    #[error("cannot listen on 127.0.0.1{} for the browser's answer", port.map_or_else(String::new, |port| format!(":{port}")))]
    Listen {
        /// Requested port, if any.
        port: Option<NonZeroU16>,
        /// Error of the system.
        source: io::Error,
    },

    /// The user did not approve the request in time.
    #[error("nobody approved the sign-in within {} minutes", timeout.as_secs() / 60)]
    NotApproved {
        /// Time limit.
        timeout: std::time::Duration,
    },

    /// The authorization server redirected the browser without a code.
    #[error("the sign-in was refused: {description}")]
    AuthorizationRefused {
        /// Error code of RFC 6749 §4.1.2.1.
        error: String,
        /// Description by the server, without control characters.
        description: String,
    },
}

impl Error {
    /// Returns whether a sign-in is required.
    #[must_use]
    pub fn is_sign_in_required(&self) -> bool {
        self.session_to_sign_in().is_some()
    }

    /// Returns the session to sign in to, if only that helps.
    #[must_use]
    pub fn session_to_sign_in(&self) -> Option<&SsoSession> {
        match self {
            Self::SignInRequired { session, .. } => Some(session),
            Self::ClockOff { source, .. } => source.session_to_sign_in(),
            _ => None,
        }
    }

    /// Returns whether the access portal rejects the token.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Portal { source, .. } => source.is_unauthorized(),
            Self::ClockOff { source, .. } => source.is_unauthorized(),
            _ => false,
        }
    }

    /// Returns whether the service does not know the client registration.
    pub(crate) fn is_registration_refused(&self) -> bool {
        match self {
            Self::Oidc { source, .. } => matches!(source, OidcError::InvalidClient(_)),
            Self::AuthorizationRefused { error, .. } => {
                matches!(error.as_str(), "invalid_client" | "unauthorized_client")
            }
            Self::ClockOff { source, .. } => source.is_registration_refused(),
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
    /// The service no longer refreshes the token.
    SessionEnded,
    /// The access portal no longer accepts the token.
    Revoked,
}

impl SignInReason {
    fn message_for(self, session: &SsoSession) -> String {
        let session = session.label();
        match self {
            Self::NotSignedIn => format!("not signed in to {session}"),
            Self::Expired => format!("the token of {session} has expired"),
            Self::SessionEnded => format!("the sign-in to {session} has ended"),
            Self::Revoked => format!("the token of {session} is no longer accepted"),
        }
    }
}

/// Reason why a start URL cannot be resolved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartUrlError {
    /// It is not an https or http URL.
    #[error("it is no https URL")]
    InvalidUrl,
    /// The request to its host failed.
    #[error("it cannot be looked up")]
    LookUp(#[from] TransportError),
    /// The server responds with an error status.
    #[error("its server answers with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// It redirects to a host that is not one of AWS, and the user has not approved the host.
    #[error("it leads to {target}, which is no start URL of AWS")]
    UntrustedTarget {
        /// Target without control characters.
        target: String,
    },
}
