//! What the config says of a profile or a session.

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};
use sso_types::{
    AccountId, ProfileName, Region, RegistrationScope, RoleName, SessionName, StartUrl,
};
use token_cache::CacheKey;

use crate::config_files::not_empty;
use crate::{ConfigFiles, Error, Place};

pub(crate) const SESSION: &str = "sso_session";
pub(crate) const START_URL: &str = "sso_start_url";
pub(crate) const REGION: &str = "sso_region";
const SCOPES: &str = "sso_registration_scopes";
const ACCOUNT_ID: &str = "sso_account_id";
const ROLE_NAME: &str = "sso_role_name";

/// Where to sign in: an `[sso-session NAME]`, or the keys of a legacy profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSession {
    /// The name of the section; `None` for a legacy profile, whose token is not refreshable.
    pub name: Option<SessionName>,
    /// The start URL, as written.
    pub start_url: StartUrl,
    /// The Region of the IAM Identity Center instance.
    pub region: Region,
    /// The registration scopes; `None` where the config does not say.
    pub scopes: Option<Vec<RegistrationScope>>,
    /// The profile that led here, where one did.
    pub profile: Option<ProfileName>,
}

/// A profile that gets its credentials through IAM Identity Center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoProfile {
    /// The name of the profile.
    pub name: ProfileName,
    /// Where it signs in.
    pub session: SsoSession,
    /// The account; `None` for a profile that only wants a bearer token.
    pub account_id: Option<AccountId>,
    /// The role; `None` for a profile that only wants a bearer token.
    pub role_name: Option<RoleName>,
}

/// A role in an account, to be had through a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoRole {
    /// Where to sign in.
    pub session: SsoSession,
    /// The account.
    pub account_id: AccountId,
    /// The role.
    pub role_name: RoleName,
}

impl SsoSession {
    /// Reads the section `[sso-session NAME]`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSession`], [`Error::MissingKeys`], [`Error::InvalidRegion`].
    pub fn named(files: &ConfigFiles, name: &SessionName) -> Result<Self, Error> {
        let section = files
            .sso_session(name.as_str())
            .ok_or_else(|| Error::UnknownSession {
                session: name.clone(),
                asked_by: None,
                config: files.config_path().to_owned(),
            })?;
        Self::of_section(files, name, &section)
    }

    fn of_section(
        files: &ConfigFiles,
        name: &SessionName,
        section: &SectionRef<'_>,
    ) -> Result<Self, Error> {
        let place = Some(files.place_of_section(section));
        let [start_url, region] =
            required(|key| section.get(key), format!("sso-session {name}"), place)?;
        Ok(Self {
            name: Some(name.clone()),
            start_url: (*start_url.value()).into(),
            region: read_region(files, &region)?,
            scopes: section
                .get(SCOPES)
                .map(|scopes| read_scopes(&scopes.value())),
            profile: None,
        })
    }

    /// Reads the keys of a legacy profile, which has no `sso_session`.
    fn legacy(
        files: &ConfigFiles,
        name: &ProfileName,
        profile: &MergedProfile<'_>,
    ) -> Result<Self, Error> {
        let place = place_of(files, profile);
        let keys = [START_URL, REGION, ACCOUNT_ID, ROLE_NAME];
        if keys.iter().all(|key| profile.get(key).is_none()) {
            return Err(Error::NotSso {
                profile: name.clone(),
                place,
            });
        }
        let [start_url, region] =
            required(|key| profile.get(key), format!("profile {name}"), place)?;
        Ok(Self {
            name: None,
            start_url: (*start_url.value()).into(),
            region: read_region(files, &region)?,
            scopes: None,
            profile: None,
        })
    }

    /// Returns what to call it in a sentence.
    #[must_use]
    pub fn described(&self) -> String {
        match &self.name {
            Some(name) => format!("the sso-session {name}"),
            None => format!("the start URL {}", self.start_url),
        }
    }

    /// Returns the key of the token in the cache.
    #[must_use]
    pub fn token_key(&self) -> CacheKey {
        match &self.name {
            Some(name) => CacheKey::session_token(name),
            None => CacheKey::legacy_token(&self.start_url),
        }
    }

    /// Returns the key of the client registration in the cache.
    #[must_use]
    pub fn registration_key(&self) -> CacheKey {
        CacheKey::registration(
            &self.region,
            self.scopes.as_deref(),
            self.name.as_ref(),
            &self.start_url,
        )
    }
}

impl SsoRole {
    /// Returns the key of the credentials in the cache.
    #[must_use]
    pub fn credentials_key(&self) -> CacheKey {
        let Self {
            session,
            account_id,
            role_name,
        } = self;
        match &session.name {
            Some(name) => CacheKey::role_credentials(account_id, role_name, name),
            None => CacheKey::legacy_role_credentials(account_id, role_name, &session.start_url),
        }
    }
}

impl SsoProfile {
    /// Reads a profile, and the session that it names.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProfile`], [`Error::NotSso`], [`Error::UnknownSession`],
    /// [`Error::MissingKeys`], [`Error::Inconsistent`], [`Error::InvalidRegion`].
    pub fn load(files: &ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        let profile = files.profile(name).ok_or_else(|| Error::UnknownProfile {
            profile: name.clone(),
            config: files.config_path().to_owned(),
        })?;
        let mut session = match not_empty(profile.get(SESSION)) {
            Some(session) => session_of(files, &profile, &session)?,
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

    /// Returns the role whose credentials the profile gets.
    ///
    /// # Errors
    ///
    /// [`Error::MissingKeys`] where the profile lacks account or role.
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
                place: files
                    .profile(&self.name)
                    .and_then(|profile| place_of(files, &profile)),
            }),
        }
    }
}

fn session_of(
    files: &ConfigFiles,
    profile: &MergedProfile<'_>,
    name: &PropertyRef<'_>,
) -> Result<SsoSession, Error> {
    let session: SessionName = (*name.value()).into();
    let section = files
        .sso_session(session.as_str())
        .ok_or_else(|| Error::UnknownSession {
            session: session.clone(),
            asked_by: Some(files.place_of(name)),
            config: files.config_path().to_owned(),
        })?;
    for key in [START_URL, REGION] {
        check_consistent(files, key, profile.get(key), section.get(key))?;
    }
    SsoSession::of_section(files, &session, &section)
}

/// botocore refuses a profile that says otherwise than its session, and so do we.
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
                profile: files.place_of(&profile),
                session: files.place_of(&session),
            })
        }
        _ => Ok(()),
    }
}

/// Returns the start URL and the Region, without which there is nowhere to sign in.
fn required<'a>(
    get: impl Fn(&str) -> Option<PropertyRef<'a>>,
    section: String,
    place: Option<Place>,
) -> Result<[PropertyRef<'a>; 2], Error> {
    match (not_empty(get(START_URL)), not_empty(get(REGION))) {
        (Some(start_url), Some(region)) => Ok([start_url, region]),
        (start_url, region) => Err(Error::MissingKeys {
            section,
            keys: missing(&[(START_URL, start_url.is_some()), (REGION, region.is_some())]),
            place,
        }),
    }
}

fn missing(keys: &[(&'static str, bool)]) -> Vec<&'static str> {
    keys.iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(key, _)| *key)
        .collect()
}

fn read_region(files: &ConfigFiles, region: &PropertyRef<'_>) -> Result<Region, Error> {
    region
        .value()
        .parse()
        .map_err(|source| Error::InvalidRegion {
            place: files.place_of(region),
            source,
        })
}

/// Splits at commas, as botocore does; what is empty is no scope.
fn read_scopes(text: &str) -> Vec<RegistrationScope> {
    text.split(',')
        .map(str::trim)
        .filter(|scope| !scope.is_empty())
        .map(RegistrationScope::from)
        .collect()
}

pub(crate) fn place_of(files: &ConfigFiles, profile: &MergedProfile<'_>) -> Option<Place> {
    let section = profile.config().or(profile.credentials())?;
    Some(files.place_of_section(&section))
}
