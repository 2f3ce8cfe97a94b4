//! Errors from getting the credentials of a profile.

mod process;

use std::io;

use sso_config::{Location, SsoSession};
use sso_portal::PortalError;
use sso_session::ClockSkew;
use sso_types::{AccountId, ProfileName, RoleName};
use sts_assume_role::StsError;
use token_cache::CacheError;

pub use self::process::ProcessError;

/// An error from getting the credentials of a profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The environment or the config lacks a setting or has an invalid one.
    #[error(transparent)]
    Config(#[from] sso_config::Error),

    /// The session of the profile has no token, or its services failed.
    #[error(transparent)]
    Session(#[from] sso_session::Error),

    /// The cache cannot be read or locked.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// This machine's clock differs from the services'.
    #[error("{skew}")]
    ClockOff {
        /// Difference between the clocks.
        skew: ClockSkew,
        /// Error that the difference may explain.
        source: Box<Error>,
    },

    /// The `credential_process` of a profile returned no credentials.
    #[error("{location}: the credential_process of profile {:?} failed", profile.as_str())]
    CredentialProcess {
        /// The profile.
        profile: ProfileName,
        /// Location of `credential_process`.
        location: Location,
        /// Cause.
        source: Box<ProcessError>,
    },

    /// The access portal denies this user the role.
    #[error("the role {role_name} in account {account_id} was refused")]
    RoleRefused {
        /// The account.
        account_id: AccountId,
        /// The role.
        role_name: RoleName,
        /// Error of the access portal.
        source: PortalError,
    },

    /// STS refused to assume the role of a profile, or could not be reached.
    #[error("taking on the role {role_arn} failed")]
    AssumeRole {
        /// The profile.
        profile: ProfileName,
        /// ARN of the role.
        role_arn: String,
        /// Cause.
        source: Box<StsError>,
    },

    /// A role requires the code of an MFA device, and the user cannot be asked for it.
    #[error("the role of profile {:?} needs the code of the MFA device {serial_number}, and there is no terminal to ask for it", profile.as_str())]
    MfaRequired {
        /// The profile.
        profile: ProfileName,
        /// Serial number or ARN of the device.
        serial_number: String,
    },

    /// The credentials endpoint cannot be started: no port or no random bytes are available.
    #[error("cannot serve credentials on 127.0.0.1")]
    Serve(#[source] io::Error),
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
        self.session_error()?.session_to_sign_in()
    }

    /// Returns whether the access portal rejects the token.
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.session_error()
            .is_some_and(sso_session::Error::is_unauthorized)
    }

    fn session_error(&self) -> Option<&sso_session::Error> {
        match self {
            Self::Session(error) => Some(error),
            Self::ClockOff { source, .. } => source.session_error(),
            _ => None,
        }
    }
}
