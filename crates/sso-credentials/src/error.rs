//! Errors from sessions, profiles and their credentials.

mod keys_origin;
mod process;
mod refusal;

use std::io;
use std::time::Duration;

use aws_console::FederationError;
use sso_config::process::ShellSyntax;
use sso_config::{Location, SsoSession};
use sso_portal::{Account, PortalError};
use sso_session::ClockSkew;
use sso_types::ProfileName;
use sts_assume_role::StsError;
use token_cache::CacheError;

pub use self::keys_origin::KeysOrigin;
pub use self::process::ProcessError;
pub use self::refusal::{AvailableAccess, RoleRefusal};

/// Error from a session, a profile or its credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting in the environment or the config files is missing or invalid.
    #[error(transparent)]
    Config(#[from] sso_config::Error),

    /// The session has no valid token, or one of its services failed.
    #[error(transparent)]
    Session(#[from] sso_session::Error),

    /// The cache cannot be read or locked.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// The local clock differs from the service's clock.
    #[error("{skew}")]
    ClockOff {
        /// Difference between the clocks.
        skew: ClockSkew,
        /// Error that the difference may have caused.
        source: Box<Error>,
    },

    /// The `credential_process` of a profile failed.
    #[error("{location}: the credential_process of profile {:?} failed", profile.as_str())]
    CredentialProcess {
        /// Profile name.
        profile: ProfileName,
        /// Location of `credential_process`.
        location: Location,
        /// Shell syntax of the command line, if it can be the reason.
        shell_syntax: Option<ShellSyntax>,
        /// Cause.
        source: Box<ProcessError>,
    },

    /// The roles in an account cannot be listed.
    #[error("cannot list the roles in account {account}")]
    AccountRoles {
        /// The account.
        account: Account,
        /// Cause.
        source: Box<Error>,
    },

    /// The access portal denied access to a role.
    #[error("no access to role {} in account {}", refusal.role_name, refusal.account_id)]
    RoleRefused {
        /// The role, and the access that the session has.
        refusal: Box<RoleRefusal>,
        /// Error of the access portal.
        source: PortalError,
    },

    /// `AssumeRole` failed for the role of a profile.
    #[error("cannot assume the role {role_arn}")]
    AssumeRole {
        /// Profile name.
        profile: ProfileName,
        /// Role ARN.
        role_arn: String,
        /// Source of the first credentials of the role chain.
        origin: Box<KeysOrigin>,
        /// Cause.
        source: Box<StsError>,
    },

    /// `GetCallerIdentity` failed for the credentials of a profile.
    #[error("GetCallerIdentity failed")]
    CallerIdentity {
        /// Source of the credentials, or of the first credentials of the role chain.
        origin: Box<KeysOrigin>,
        /// Cause.
        source: Box<StsError>,
    },

    /// A request to STS that needs no credentials failed.
    #[error("{operation} failed")]
    Sts {
        /// Operation of the API.
        operation: &'static str,
        /// Cause.
        source: StsError,
    },

    /// A request to the federation endpoint of the console failed.
    #[error("{operation} failed")]
    Federation {
        /// Operation of the API.
        operation: &'static str,
        /// Cause.
        source: Box<FederationError>,
    },

    /// The credentials for the console are not temporary.
    #[error("the AWS console cannot be opened with the long-term access keys of profile {:?}", profile.as_str())]
    LongTermKeys {
        /// Profile name.
        profile: ProfileName,
    },

    /// A role requires an MFA code, and no prompt is possible.
    #[error("the role of profile {:?} requires an MFA code for {serial_number}, but there is no terminal to prompt for it", profile.as_str())]
    MfaRequired {
        /// Profile name.
        profile: ProfileName,
        /// Serial number or ARN of the MFA device.
        serial_number: String,
    },

    /// The credentials endpoint could not be started: no port, no random bytes or no thread is
    /// available.
    #[error("cannot start the credentials endpoint on 127.0.0.1")]
    Serve(#[source] io::Error),
}

impl Error {
    /// Returns whether only a sign-in fixes the error.
    #[must_use]
    pub fn is_sign_in_required(&self) -> bool {
        self.session_to_sign_in().is_some()
    }

    /// Returns the pause that a service requests before the next request, if it requests one.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Session(error) => error.retry_after(),
            Self::AssumeRole { source, .. } | Self::CallerIdentity { source, .. } => {
                source.service_error()?.retry_after
            }
            Self::ClockOff { source, .. } | Self::AccountRoles { source, .. } => {
                source.retry_after()
            }
            _ => None,
        }
    }

    /// Returns the session to sign in to, if only a sign-in fixes the error.
    #[must_use]
    pub fn session_to_sign_in(&self) -> Option<&SsoSession> {
        self.session_error()?.session_to_sign_in()
    }

    /// Returns whether the access portal rejected the token.
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.session_error()
            .is_some_and(sso_session::Error::is_unauthorized)
    }

    /// Returns whether STS refused the credentials of a request, so that others may be accepted.
    pub(crate) fn is_refusal_of_keys(&self) -> bool {
        match self {
            Self::AssumeRole { source, .. } | Self::CallerIdentity { source, .. } => {
                source.is_invalid_keys()
            }
            _ => false,
        }
    }

    fn session_error(&self) -> Option<&sso_session::Error> {
        match self {
            Self::Session(error) => Some(error),
            Self::ClockOff { source, .. } | Self::AccountRoles { source, .. } => {
                source.session_error()
            }
            _ => None,
        }
    }
}
