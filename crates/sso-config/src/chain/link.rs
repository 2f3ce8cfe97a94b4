//! Single links of credential chains.

use sso_types::ProfileName;

use super::{AssumedRole, CredentialSource, Profile, ROLE_ARN};
use crate::error::Error;
use crate::files::ConfigFiles;

/// Contribution of one profile to a [`CredentialChain`](super::CredentialChain), to resolve the chains of
/// many profiles without reading each of them several times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainLink {
    /// The profile assumes a role with the credentials of its source profile.
    Role {
        /// The role.
        role: AssumedRole,
        /// The source profile, which exists.
        source: ProfileName,
    },
    /// The chain ends at the profile.
    Source(CredentialSource),
}

impl ChainLink {
    /// Returns the link of the first profile of a chain.
    ///
    /// # Errors
    ///
    /// Those of [`CredentialChain::load`](super::CredentialChain::load) for this profile alone.
    pub fn of_profile(files: &ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        Self::of(files, name, true)
    }

    /// Returns the link of a profile that is the source profile of another one. The static keys of such a
    /// profile take precedence over its role.
    ///
    /// # Errors
    ///
    /// The same as [`of_profile`](Self::of_profile).
    pub fn of_source_profile(files: &ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        Self::of(files, name, false)
    }

    /// Returns whether the profile has a role and static keys, so that its links differ.
    pub(crate) fn is_other_as_source(files: &ConfigFiles, name: &ProfileName) -> bool {
        let profile = Profile::load(files, name);
        profile.is_ok_and(|profile| profile.get(ROLE_ARN).is_some() && profile.has_keys())
    }

    fn of(files: &ConfigFiles, name: &ProfileName, is_first: bool) -> Result<Self, Error> {
        let profile = Profile::load(files, name)?;
        if let Some((role, source)) = profile.role_and_source(is_first)? {
            let source = profile.source_profile(&source)?.name;
            return Ok(Self::Role { role, source });
        }
        Ok(Self::Source(profile.source()?))
    }
}
