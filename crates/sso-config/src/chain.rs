//! Credential chains: the credential source of a profile, and the roles assumed with it.

mod link;

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};
use sso_types::{AccountId, ProfileName, Secret};

use crate::ancestry::Ancestry;
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::location::Location;
use crate::process::CredentialProcess;
use crate::profile::{SsoProfile, SsoRole};
use crate::session::{SESSION, START_URL};

pub use link::ChainLink;

const ROLE_ARN: &str = "role_arn";
const SOURCE_PROFILE: &str = "source_profile";
pub(crate) const CREDENTIAL_SOURCE: &str = "credential_source";
const DURATION: &str = "duration_seconds";
pub(crate) const WEB_IDENTITY: &str = "web_identity_token_file";
pub(crate) const LOGIN_SESSION: &str = "login_session";
pub(crate) const CREDENTIAL_PROCESS: &str = "credential_process";
const ACCESS_KEY_ID: &str = "aws_access_key_id";
pub(crate) const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
/// Keys of the session token, the older name first, like botocore.
const SESSION_TOKENS: [&str; 2] = ["aws_security_token", "aws_session_token"];
const STATIC_ACCOUNT_ID: &str = "aws_account_id";

/// Credential source of a profile, and the roles that are assumed with its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialChain {
    /// Source of the first credentials.
    pub source: CredentialSource,
    /// Roles in the order in which they are assumed. The last one is the profile's own role.
    pub roles: Vec<AssumedRole>,
}

/// Credential source that requires no other credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialSource {
    /// Role in IAM Identity Center.
    Sso(SsoRole),
    /// Static keys in one of the files.
    Static(StaticKeys),
    /// External program that prints credentials.
    Process(CredentialProcess),
}

/// Access key in one of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StaticKeys {
    /// Access key ID. It is not a secret.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: Secret,
    /// Session token of a temporary key.
    pub session_token: Option<Secret>,
    /// Account of the key, if the file contains `aws_account_id`.
    pub account_id: Option<AccountId>,
    /// Location of the access key ID.
    pub location: Location,
}

/// Role that is assumed with STS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    /// Profile that contains the role.
    pub profile: ProfileName,
    /// ARN of the role.
    pub role_arn: String,
    /// Role session name; `None` for a generated name.
    pub role_session_name: Option<String>,
    /// External ID that the role's trust policy requires.
    pub external_id: Option<String>,
    /// Serial number or ARN of the MFA device that the role's trust policy requires.
    pub mfa_serial: Option<String>,
    /// Requested duration in seconds; `None` for the default of STS.
    pub duration_seconds: Option<u32>,
}

impl AssumedRole {
    /// Returns the account in the ARN: `arn:aws:iam::ACCOUNT:role/…`.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        let account = self.role_arn.split(':').nth(4);
        account
            .filter(|account| !account.is_empty())
            .map(Into::into)
    }

    /// Returns the name in the ARN, without its path: `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
    #[must_use]
    pub fn role_name(&self) -> Option<&str> {
        let resource = self.role_arn.splitn(6, ':').nth(5)?;
        Some(resource.rsplit_once('/')?.1)
    }
}

impl From<SsoRole> for CredentialChain {
    /// Returns a chain without assumed roles.
    fn from(role: SsoRole) -> Self {
        Self {
            source: CredentialSource::Sso(role),
            roles: Vec::new(),
        }
    }
}

impl CredentialChain {
    /// Reads a profile and its source profiles, by the rules of the AWS CLI v2 (botocore's
    /// `AssumeRoleProvider` and `ProfileProviderBuilder`). The first match in a profile wins:
    ///
    /// 1. `role_arn` with `source_profile`; in a source profile, only if it has no static keys. A
    ///    profile with static keys may be its own source profile;
    /// 2. `sso_account_id` or `sso_role_name`;
    /// 3. static keys in the credentials file;
    /// 4. `credential_process`;
    /// 5. static keys in the config file.
    ///
    /// Ignores credentials in the environment. Uses `env` only to detect cycles of profiles whose
    /// `credential_process` commands start each other.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProfile`], [`Error::UnknownSourceProfile`], [`Error::Cycle`],
    /// [`Error::NoCredentials`], [`Error::Unsupported`] for web identities, `credential_source` and
    /// `login_session`, [`Error::InvalidProcess`], [`Error::MissingKeys`],
    /// [`Error::InvalidSetting`], [`Error::NotUnicode`], and those of [`SsoProfile::load`].
    pub fn load(env: &AwsEnv, files: &ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        let chain = Self::resolve(env, files, name)?;
        for role in &chain.roles {
            files.warn_of_ignored_duration(role);
        }
        Ok(chain)
    }

    /// Does the same as [`load`](Self::load), without warnings.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load).
    pub fn resolve(env: &AwsEnv, files: &ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        let mut ancestry = Ancestry::inherited(env, files)?;
        let chain = Self::follow(&mut ancestry, name, None)?;
        let source = match chain.source {
            CredentialSource::Process(process) => {
                CredentialSource::Process(process.started_by(&ancestry))
            }
            source => source,
        };
        Ok(Self { source, ..chain })
    }

    /// Does the same as [`resolve`](Self::resolve), for a profile to which the key at `reference`
    /// refers. Adds the profiles of the chain to `ancestry`, also before an error. A
    /// `credential_process` does not yet contain them.
    pub(crate) fn follow(
        ancestry: &mut Ancestry<'_>,
        name: &ProfileName,
        reference: Option<Location>,
    ) -> Result<Self, Error> {
        let mut roles = Vec::new();
        let mut profile = Profile::load(ancestry.files, name)?;
        ancestry.enter(name, reference)?;
        while let Some((role, source)) = profile.role_and_source(roles.is_empty())? {
            roles.push(role);
            let next = profile.source_profile(&source)?;
            if next.name == profile.name && next.has_keys() {
                break;
            }
            let reference = profile.files.location_of(&source);
            ancestry.enter(&next.name, Some(reference))?;
            profile = next;
        }
        roles.reverse();
        let source = profile.source()?;
        Ok(Self { source, roles })
    }

    /// Sets the requested duration of the last role, in seconds.
    ///
    /// # Errors
    ///
    /// [`Error::DurationNotApplicable`] if the chain has no assumed role.
    pub fn with_duration(mut self, duration_seconds: u32) -> Result<Self, Error> {
        match self.roles.last_mut() {
            Some(role) => {
                role.duration_seconds = Some(duration_seconds);
                Ok(self)
            }
            None => Err(Error::DurationNotApplicable),
        }
    }
}

impl ConfigFiles {
    /// Returns the key that takes precedence over the SSO keys of a profile, if there is one:
    /// `web_identity_token_file` or `role_arn`. See [`CredentialChain::load`].
    #[must_use]
    pub fn key_before_sso(&self, name: &ProfileName) -> Option<PropertyRef<'_>> {
        let profile = self.profile(name)?;
        let mut keys = [WEB_IDENTITY, ROLE_ARN].into_iter();
        keys.find_map(|key| not_empty(profile.get(key)))
    }

    /// Returns the role in the `role_arn` of a profile, even if its credential chain is invalid.
    #[must_use]
    pub fn assumed_role(&self, name: &ProfileName) -> Option<AssumedRole> {
        let profile = Profile::load(self, name).ok()?;
        Some(profile.role(&profile.get(ROLE_ARN)?))
    }

    fn warn_of_ignored_duration(&self, role: &AssumedRole) {
        let profile = self.profile(&role.profile);
        let property = profile.and_then(|profile| not_empty(profile.get(DURATION)));
        if let (Some(property), None) = (property, role.duration_seconds) {
            let location = self.location_of(&property);
            log::warn!("duration_seconds at {location} is not a number of seconds; it is ignored");
        }
    }
}

struct Profile<'a> {
    files: &'a ConfigFiles,
    name: ProfileName,
    merged: MergedProfile<'a>,
}

impl<'a> Profile<'a> {
    fn load(files: &'a ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        let merged = files.existing_profile(name)?;
        Ok(Self {
            files,
            name: name.clone(),
            merged,
        })
    }

    fn source_profile(&self, source: &PropertyRef<'_>) -> Result<Self, Error> {
        let profile = (*source.value()).into();
        let Some(merged) = self.files.profile(&profile) else {
            return Err(Error::UnknownSourceProfile {
                key: SOURCE_PROFILE,
                location: self.files.location_of(source),
                clue: Box::new(self.files.profile_clue(&profile)),
                profile,
            });
        };
        Ok(Self {
            files: self.files,
            name: profile,
            merged,
        })
    }

    /// Returns `None` if no role is assumed, such as for a source profile with static keys.
    fn role_and_source(
        &self,
        is_first: bool,
    ) -> Result<Option<(AssumedRole, PropertyRef<'a>)>, Error> {
        let Some(role_arn) = self.get(ROLE_ARN) else {
            return Ok(None);
        };
        if self.get(WEB_IDENTITY).is_some() || !is_first && self.has_keys() {
            return Ok(None);
        }
        let source = match (self.get(SOURCE_PROFILE), self.get(CREDENTIAL_SOURCE)) {
            (Some(source), None) => source,
            (None, Some(source)) => return Err(self.unsupported(CREDENTIAL_SOURCE, &source)),
            (Some(source), Some(_)) => {
                return Err(Error::InvalidSetting {
                    name: format!("{SOURCE_PROFILE} at {}", self.files.location_of(&source)),
                    expected: "used without credential_source",
                });
            }
            (None, None) => return Err(self.missing_keys(vec![SOURCE_PROFILE])),
        };
        Ok(Some((self.role(&role_arn), source)))
    }

    fn role(&self, role_arn: &PropertyRef<'_>) -> AssumedRole {
        AssumedRole {
            profile: self.name.clone(),
            role_arn: role_arn.value().into_owned(),
            role_session_name: self.text("role_session_name"),
            external_id: self.text("external_id"),
            mfa_serial: self.text("mfa_serial"),
            duration_seconds: self.duration_seconds(),
        }
    }

    /// Returns `None` if the value is not a number, like the AWS CLI.
    fn duration_seconds(&self) -> Option<u32> {
        self.get(DURATION)?.value().trim().parse().ok()
    }

    fn has_keys(&self) -> bool {
        self.get(ACCESS_KEY_ID).is_some() || self.get(SECRET_ACCESS_KEY).is_some()
    }

    fn source(&self) -> Result<CredentialSource, Error> {
        if let Some(web_identity) = self.get(WEB_IDENTITY) {
            return Err(self.unsupported(WEB_IDENTITY, &web_identity));
        }
        if self
            .get("sso_account_id")
            .or(self.get("sso_role_name"))
            .is_some()
        {
            return self.sso_role();
        }
        if let Some(keys) = self.keys_in(self.merged.credentials())? {
            return Ok(CredentialSource::Static(keys));
        }
        if let Some(session) = self.get(LOGIN_SESSION) {
            return Err(self.unsupported(LOGIN_SESSION, &session));
        }
        if let Some(line) = self.get(CREDENTIAL_PROCESS) {
            let location = self.files.location_of(&line);
            let process = CredentialProcess::new(&line.value(), &self.name, location);
            return Ok(CredentialSource::Process(process?));
        }
        if let Some(keys) = self.keys_in(self.merged.config())? {
            return Ok(CredentialSource::Static(keys));
        }
        if self.get(SESSION).or(self.get(START_URL)).is_some() {
            // The error lists the missing keys.
            return self.sso_role();
        }
        Err(Error::NoCredentials {
            profile: self.name.clone(),
            location: self.location(),
        })
    }

    fn sso_role(&self) -> Result<CredentialSource, Error> {
        let role = SsoProfile::load(self.files, &self.name)?.into_role(self.files)?;
        Ok(CredentialSource::Sso(role))
    }

    /// Returns the static keys in one file: an access key ID and a secret access key are never
    /// combined from both files.
    fn keys_in(&self, section: Option<SectionRef<'_>>) -> Result<Option<StaticKeys>, Error> {
        let get = |key| not_empty(section?.get(key));
        let Some(access_key_id) = get(ACCESS_KEY_ID) else {
            return Ok(None);
        };
        let secret = get(SECRET_ACCESS_KEY).ok_or_else(|| Error::MissingKeys {
            section: access_key_id.section().header().to_owned(),
            keys: vec![SECRET_ACCESS_KEY],
            location: Some(self.files.location_of(&access_key_id)),
        })?;
        let session_token = SESSION_TOKENS.into_iter().find_map(get);
        Ok(Some(StaticKeys {
            access_key_id: access_key_id.value().into_owned(),
            secret_access_key: Secret::from(secret.value().into_owned()),
            session_token: session_token.map(|token| token.value().into_owned().into()),
            account_id: get(STATIC_ACCOUNT_ID).map(|id| (*id.value()).into()),
            location: self.files.location_of(&access_key_id),
        }))
    }

    fn get(&self, key: &str) -> Option<PropertyRef<'a>> {
        not_empty(self.merged.get(key))
    }

    fn text(&self, key: &str) -> Option<String> {
        Some(self.get(key)?.value().into_owned())
    }

    fn location(&self) -> Option<Location> {
        self.files.location_of_profile(&self.merged)
    }

    fn unsupported(&self, key: &'static str, property: &PropertyRef<'_>) -> Error {
        Error::Unsupported {
            profile: self.name.clone(),
            key,
            location: self.files.location_of(property),
        }
    }

    fn missing_keys(&self, keys: Vec<&'static str>) -> Error {
        Error::MissingKeys {
            section: format!("profile {}", self.name),
            keys,
            location: self.location(),
        }
    }
}
