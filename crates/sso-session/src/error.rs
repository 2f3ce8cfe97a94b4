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

/// An error of a session: of its token, its sign-in or its sign-out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The config does not say what is needed, or cannot be edited.
    #[error(transparent)]
    Config(#[from] sso_config::Error),

    /// The configured endpoint cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),

    /// It is not known what is behind a start URL.
    #[error("the start URL {start_url} is unusable")]
    StartUrl {
        /// The start URL, as written.
        start_url: StartUrl,
        /// Why.
        source: Box<StartUrlError>,
    },

    /// Nobody says in which Region the instance with this start URL is.
    #[error("the Region of the start URL {start_url} is not known")]
    NoRegion {
        /// The start URL.
        start_url: StartUrl,
    },

    /// The service in this Region has no instance of IAM Identity Center with this start URL.
    #[error("the sign-in service in {region} does not know the start URL {start_url}")]
    UnknownStartUrl {
        /// The start URL that it was asked about.
        start_url: StartUrl,
        /// The Region.
        region: Region,
        /// What the service says.
        source: Box<OidcError>,
    },

    /// Neither the token nor the config contains the Region of the session.
    #[error("the region of {location} is not known")]
    UnknownRegion {
        /// The location of the token.
        location: EntryLocation,
    },

    /// Somebody has to sign in first.
    #[error("{}", reason.message_for(session))]
    SignInRequired {
        /// Where.
        session: Box<SsoSession>,
        /// Why.
        reason: SignInReason,
    },

    /// The OIDC service refused, or was not reached.
    #[error("{operation} failed")]
    Oidc {
        /// What was to be done, as in `renewing the token`.
        operation: &'static str,
        /// Why it was not.
        source: OidcError,
    },

    /// The access portal refused, or was not reached.
    #[error("{operation} failed")]
    Portal {
        /// What was to be done, as in `renewing the token`.
        operation: &'static str,
        /// Why it was not.
        source: PortalError,
    },

    /// This machine's clock differs from the services'.
    #[error("{skew}")]
    ClockOff {
        /// How far it is off.
        skew: ClockSkew,
        /// The error that followed.
        source: Box<Error>,
    },

    /// Something is wrong with the cache.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// There is no port to listen on for the browser.
    #[error("cannot listen on 127.0.0.1{} for the browser's answer", port.map_or_else(String::new, |port| format!(":{port}")))]
    Listen {
        /// The port that it had to be, if one.
        port: Option<NonZeroU16>,
        /// What the system says.
        source: io::Error,
    },

    /// Nobody approved the request in time.
    #[error("nobody approved the sign-in within {} minutes", timeout.as_secs() / 60)]
    NotApproved {
        /// How long was waited.
        timeout: std::time::Duration,
    },

    /// The authorization server sent the browser back without a code.
    #[error("the sign-in was refused: {description}")]
    AuthorizationRefused {
        /// Why, as RFC 6749 §4.1.2.1 has it.
        error: String,
        /// The server's words, printable.
        description: String,
    },
}

impl Error {
    /// Returns whether only signing in helps.
    #[must_use]
    pub fn is_sign_in_required(&self) -> bool {
        match self {
            Self::SignInRequired { .. } => true,
            Self::ClockOff { source, .. } => source.is_sign_in_required(),
            _ => false,
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

/// Why somebody has to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInReason {
    /// There is no token.
    NotSignedIn,
    /// The token has expired and cannot be renewed.
    Expired,
    /// The server does not renew the token any more.
    SessionEnded,
    /// The server does not take the token any more.
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

/// Why it is not known what is behind a start URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartUrlError {
    /// It is no address.
    #[error("it is no https URL")]
    InvalidUrl,
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
    UntrustedTarget {
        /// Where it leads, printable.
        target: String,
    },
}
