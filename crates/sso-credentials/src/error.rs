//! Errors between a profile and its credentials.

mod process;

use std::io;

use sso_config::Location;
use sso_portal::PortalError;
use sso_session::ClockSkew;
use sso_types::{AccountId, ProfileName, RoleName};
use sts_assume_role::StsError;
use token_cache::CacheError;

pub use self::process::ProcessError;

/// An error between a profile and its credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The environment or the config does not say what is needed.
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
        /// How far it is off.
        skew: ClockSkew,
        /// The error that followed.
        source: Box<Error>,
    },

    /// The `credential_process` of a profile gives no credentials.
    #[error("{location}: the credential_process of profile {:?} failed", profile.as_str())]
    CredentialProcess {
        /// The profile.
        profile: ProfileName,
        /// Where the line stands.
        location: Location,
        /// Why not.
        source: Box<ProcessError>,
    },

    /// The server does not let this user have the role.
    #[error("the role {role_name} in account {account_id} was refused")]
    RoleRefused {
        /// The account.
        account_id: AccountId,
        /// The role.
        role_name: RoleName,
        /// What the portal says.
        source: PortalError,
    },

    /// STS does not give the role of a profile, or was not reached.
    #[error("taking on the role {role_arn} failed")]
    AssumeRole {
        /// The profile.
        profile: ProfileName,
        /// The role.
        role_arn: String,
        /// Why not.
        source: Box<StsError>,
    },

    /// A role needs the code of an MFA device, and there is nobody to ask for it.
    #[error("the role of profile {:?} needs the code of the MFA device {serial_number}, and there is no terminal to ask for it", profile.as_str())]
    MfaRequired {
        /// The profile.
        profile: ProfileName,
        /// The device.
        serial_number: String,
    },

    /// There is no port, or no randomness, to serve credentials with.
    #[error("cannot serve credentials on 127.0.0.1")]
    Serve(#[source] io::Error),
}

impl Error {
    /// Returns whether only signing in helps.
    #[must_use]
    pub fn is_sign_in_required(&self) -> bool {
        self.session_error()
            .is_some_and(sso_session::Error::is_sign_in_required)
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
