//! Profiles that get their credentials through IAM Identity Center.

use aws_config_parse::{MergedProfile, PropertyRef};
use sso_types::{AccountId, ProfileName, RoleName, SessionName};

use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::session::{REGION, SESSION, START_URL, SsoSession, missing};

pub(crate) const ACCOUNT_ID: &str = "sso_account_id";
pub(crate) const ROLE_NAME: &str = "sso_role_name";

/// Profile that gets its credentials through IAM Identity Center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoProfile {
    /// Name of the profile.
    pub name: ProfileName,
    /// SSO session of the profile.
    pub session: SsoSession,
    /// Account ID; `None` for a profile that only gets a bearer token.
    pub account_id: Option<AccountId>,
    /// Role name; `None` for a profile that only gets a bearer token.
    pub role_name: Option<RoleName>,
}

/// Role in an account, and the SSO session that gives access to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoRole {
    /// Session to sign in to.
    pub session: SsoSession,
    /// Account ID.
    pub account_id: AccountId,
    /// Role name.
    pub role_name: RoleName,
}

impl SsoProfile {
    /// Reads a profile and its session.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProfile`], [`Error::NotSso`], [`Error::UnknownSession`],
    /// [`Error::MissingKeys`], [`Error::Inconsistent`], [`Error::InvalidRegion`].
    pub fn load(files: &ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        let profile = files.existing_profile(name)?;
        let mut session = match not_empty(profile.get(SESSION)) {
            Some(session) => read_session(files, &profile, &session)?,
            None => SsoSession::legacy(files, name, &profile)?,
        };
        session.profile = Some(name.clone());
        Ok(Self {
            name: name.clone(),
            session,
            account_id: not_empty(profile.get(ACCOUNT_ID)).map(|value| (*value.value()).into()),
            role_name: not_empty(profile.get(ROLE_NAME)).map(|value| (*value.value()).into()),
        })
    }

    /// Returns the role of the profile.
    ///
    /// # Errors
    ///
    /// [`Error::MissingKeys`] if the profile has no account or no role name.
    pub fn into_role(self, files: &ConfigFiles) -> Result<SsoRole, Error> {
        match (self.account_id, self.role_name) {
            (Some(account_id), Some(role_name)) => Ok(SsoRole {
                session: self.session,
                account_id,
                role_name,
            }),
            (account_id, role_name) => Err(Error::MissingKeys {
                section: format!("profile {}", self.name),
                keys: missing(&[
                    (ACCOUNT_ID, account_id.is_some()),
                    (ROLE_NAME, role_name.is_some()),
                ]),
                location: files
                    .profile(&self.name)
                    .and_then(|profile| files.location_of_profile(&profile)),
            }),
        }
    }
}

fn read_session(
    files: &ConfigFiles,
    profile: &MergedProfile<'_>,
    name: &PropertyRef<'_>,
) -> Result<SsoSession, Error> {
    let session: SessionName = (*name.value()).into();
    let section = files.existing_session(&session, SESSION, Some(files.location_of(name)))?;
    for key in [START_URL, REGION] {
        check_consistent(files, key, profile.get(key), section.get(key))?;
    }
    SsoSession::of_section(files, &session, &section)
}

/// Rejects a profile whose value differs from its session's, like botocore.
fn check_consistent(
    files: &ConfigFiles,
    key: &'static str,
    in_profile: Option<PropertyRef<'_>>,
    in_session: Option<PropertyRef<'_>>,
) -> Result<(), Error> {
    match (in_profile, in_session) {
        (Some(profile), Some(session)) if profile.value() != session.value() => {
            Err(Error::Inconsistent {
                key,
                profile: files.location_of(&profile),
                session: files.location_of(&session),
            })
        }
        _ => Ok(()),
    }
}
