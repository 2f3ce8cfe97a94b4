//! The source of the credentials that a role is assumed with.

use sso_config::chain::CredentialSource;
use sso_config::{Location, SsoSession};

/// Source of the first credentials of a role chain, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeysOrigin {
    /// SSO session.
    Session(SsoSession),
    /// Static keys at this location.
    Static(Location),
    /// `credential_process` at this location.
    Process(Location),
}

impl From<&CredentialSource> for KeysOrigin {
    fn from(source: &CredentialSource) -> Self {
        match source {
            CredentialSource::Sso(role) => Self::Session(role.session.clone()),
            CredentialSource::Static(keys) => Self::Static(keys.location.clone()),
            CredentialSource::Process(process) => Self::Process(process.location().clone()),
        }
    }
}
