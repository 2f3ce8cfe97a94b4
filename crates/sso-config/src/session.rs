//! SSO sessions: `[sso-session]` sections and legacy profiles.

use std::collections::BTreeMap;

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};
use sso_types::{ProfileName, Region, RegistrationScope, SessionName, StartUrl};

use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::location::Location;

pub(crate) const SESSION: &str = "sso_session";
pub(crate) const START_URL: &str = "sso_start_url";
pub(crate) const REGION: &str = "sso_region";
const SCOPES: &str = "sso_registration_scopes";
const ACCOUNT_ID: &str = "sso_account_id";
const ROLE_NAME: &str = "sso_role_name";

/// SSO session: an `[sso-session NAME]` section, or the keys of a legacy profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSession {
    /// Name of the section; `None` for a legacy profile, whose token cannot be refreshed.
    pub name: Option<SessionName>,
    /// Start URL as written.
    pub start_url: StartUrl,
    /// Region of the IAM Identity Center instance.
    pub region: Region,
    /// Registration scopes; `None` for a legacy profile, or without `sso_registration_scopes`.
    pub scopes: Option<Vec<RegistrationScope>>,
    /// Profile that the session was loaded for, if any.
    pub profile: Option<ProfileName>,
}

impl SsoSession {
    /// Reads the section `[sso-session NAME]`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSession`], [`Error::MissingKeys`], [`Error::InvalidRegion`].
    pub fn named(files: &ConfigFiles, name: &SessionName) -> Result<Self, Error> {
        let section = files.existing_session(name, SESSION, None)?;
        Self::of_section(files, name, &section)
    }

    /// Reads the section to which the key at `reference` refers.
    pub(crate) fn referenced(
        files: &ConfigFiles,
        name: &SessionName,
        key: &'static str,
        reference: Location,
    ) -> Result<Self, Error> {
        let section = files.existing_session(name, key, Some(reference))?;
        Self::of_section(files, name, &section)
    }

    pub(crate) fn of_section(
        files: &ConfigFiles,
        name: &SessionName,
        section: &SectionRef<'_>,
    ) -> Result<Self, Error> {
        let location = Some(files.location_of_section(section));
        let [start_url, region] = required(
            |key| section.get(key),
            format!("sso-session {name}"),
            location,
        )?;
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
    pub(crate) fn legacy(
        files: &ConfigFiles,
        name: &ProfileName,
        profile: &MergedProfile<'_>,
    ) -> Result<Self, Error> {
        let location = files.location_of_profile(profile);
        let keys = [START_URL, REGION, ACCOUNT_ID, ROLE_NAME];
        if keys.iter().all(|key| profile.get(key).is_none()) {
            return Err(Error::NotSso {
                profile: name.clone(),
                location,
            });
        }
        let [start_url, region] =
            required(|key| profile.get(key), format!("profile {name}"), location)?;
        Ok(Self {
            name: None,
            start_url: (*start_url.value()).into(),
            region: read_region(files, &region)?,
            scopes: None,
            profile: None,
        })
    }

    /// Returns the name for messages, such as `SSO session my-sso`.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("SSO session {name}"),
            None => format!("start URL {}", self.start_url),
        }
    }

    /// Returns whether a sign-in to this session gives access to accounts and roles. Without scopes, it
    /// requests the scope `sso:account:access`.
    #[must_use]
    pub fn has_account_access(&self) -> bool {
        let scopes = self.scopes.as_ref();
        scopes.is_none_or(|scopes| {
            let mut names = scopes.iter().map(RegistrationScope::as_str);
            scopes.is_empty() || names.any(|name| name == "sso:account:access")
        })
    }

    /// Returns the profiles that use this session, in file order: directly, or through the
    /// `source_profile` of a role. Without `role_arn`, `source_profile` has no effect.
    #[must_use]
    pub fn profiles<'a>(&self, files: &'a ConfigFiles) -> Vec<MergedProfile<'a>> {
        // Each profile is examined once, so that long chains take linear time.
        let mut known = BTreeMap::new();
        files
            .profiles()
            .filter(|profile| self.is_used_by(files, profile, &mut known))
            .collect()
    }

    fn is_used_by(
        &self,
        files: &ConfigFiles,
        profile: &MergedProfile<'_>,
        known: &mut BTreeMap<String, bool>,
    ) -> bool {
        let mut path = Vec::new();
        let mut profile = profile.clone();
        let is_used = loop {
            let name = profile.name().as_str().to_owned();
            if let Some(is_used) = known.get(&name) {
                break *is_used;
            }
            if self.is_named_by(&profile) {
                break true;
            }
            // A cycle leads to no session.
            known.insert(name.clone(), false);
            path.push(name);
            let role = not_empty(profile.get("role_arn"));
            let source = role.and(not_empty(profile.get("source_profile")));
            match source.and_then(|source| files.profile(&(*source.value()).into())) {
                Some(next) => profile = next,
                None => break false,
            }
        };
        known.extend(path.into_iter().map(|name| (name, is_used)));
        is_used
    }

    fn is_named_by(&self, profile: &MergedProfile<'_>) -> bool {
        let session = not_empty(profile.get(SESSION));
        let has = |found: Option<PropertyRef<'_>>, value: &str| {
            found.is_some_and(|found| found.value() == value)
        };
        match &self.name {
            Some(name) => has(session, name.as_str()),
            None => session.is_none() && has(profile.get(START_URL), self.start_url.as_str()),
        }
    }

    /// Returns whether `other` has the same token: the same `[sso-session]`, or the same start URL
    /// of legacy profiles.
    #[must_use]
    pub fn shares_token_with(&self, other: &Self) -> bool {
        match (&self.name, &other.name) {
            (Some(name), Some(other)) => name == other,
            (None, None) => self.start_url == other.start_url,
            _ => false,
        }
    }
}

impl ConfigFiles {
    /// Returns the section to which the `key` at `referenced_by` refers.
    pub(crate) fn existing_session(
        &self,
        name: &SessionName,
        key: &'static str,
        referenced_by: Option<Location>,
    ) -> Result<SectionRef<'_>, Error> {
        let section = self.sso_session(name.as_str());
        section.ok_or_else(|| Error::UnknownSession {
            session: name.clone(),
            key,
            referenced_by,
            profiles: crate::profile_path::ProfilePath::default(),
            config: self.config_path().to_owned(),
            clue: Box::new(self.session_clue(name)),
        })
    }
}

fn required<'a>(
    get: impl Fn(&str) -> Option<PropertyRef<'a>>,
    section: String,
    location: Option<Location>,
) -> Result<[PropertyRef<'a>; 2], Error> {
    match (not_empty(get(START_URL)), not_empty(get(REGION))) {
        (Some(start_url), Some(region)) => Ok([start_url, region]),
        (start_url, region) => Err(Error::MissingKeys {
            section,
            keys: missing(&[(START_URL, start_url.is_some()), (REGION, region.is_some())]),
            location,
        }),
    }
}

pub(crate) fn missing(keys: &[(&'static str, bool)]) -> Vec<&'static str> {
    keys.iter()
        .filter(|(_, is_present)| !is_present)
        .map(|(key, _)| *key)
        .collect()
}

fn read_region(files: &ConfigFiles, region: &PropertyRef<'_>) -> Result<Region, Error> {
    region
        .value()
        .parse()
        .map_err(|source| Error::InvalidRegion {
            location: files.location_of(region),
            source,
        })
}

/// Splits at commas, like botocore, and drops empty scopes.
fn read_scopes(text: &str) -> Vec<RegistrationScope> {
    text.split(',')
        .map(str::trim)
        .filter(|scope| !scope.is_empty())
        .map(RegistrationScope::from)
        .collect()
}
