//! Profiles that reach IAM Identity Center: by their own keys, through `source_profile`, or by a
//! `credential_process` that runs `export-credentials`.

use std::ops::ControlFlow;

use sso_types::{AccountId, ProfileName, RoleName};

use crate::ancestry::Ancestry;
use crate::chain::{
    AssumedRole, CREDENTIAL_PROCESS, CREDENTIAL_SOURCE, CredentialChain, CredentialSource,
    LOGIN_SESSION, SECRET_ACCESS_KEY, WEB_IDENTITY,
};
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::exported::Exported;
use crate::files::ConfigFiles;
use crate::named::Named;
use crate::process::CredentialProcess;
use crate::profile::{SsoProfile, SsoRole};
use crate::profile_path::ProfilePath;
use crate::session::SsoSession;
use crate::source_kind::SourceKind;

/// Profile that reaches an SSO session, directly or through other profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoChain {
    /// Profiles from the profile itself to the one at which the chain ends. That one contains the SSO
    /// keys, or the command line with an SSO session.
    pub profiles: ProfilePath,
    /// Session, account and role at which the chain ends.
    pub source: SsoProfile,
    /// Role of the profile itself, if it is not a role in IAM Identity Center.
    pub role: Option<AssumedRole>,
}

impl SsoChain {
    /// Returns the chain of the credentials of a profile, like [`of_credentials`](Self::of_credentials).
    /// If they do not come from IAM Identity Center, returns the session of its own SSO keys, which
    /// may be for bearer tokens.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProfile`]; [`Error::OtherSource`] if the profile is valid but does not use IAM
    /// Identity Center; [`Error::Chain`] for an invalid profile after the first; those of
    /// [`CredentialChain::load`].
    pub fn load(env: &AwsEnv, files: &ConfigFiles, name: &ProfileName) -> Result<Self, Error> {
        Self::of_credentials(env, files, name)
            .or_else(|error| Ok(of_own_keys(files, name, error)?.into()))
    }

    /// Follows the credentials of a profile by the rules of [`CredentialChain::load`], also through
    /// `export-credentials` in a `credential_process`.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load).
    pub fn of_credentials(
        env: &AwsEnv,
        files: &ConfigFiles,
        name: &ProfileName,
    ) -> Result<Self, Error> {
        let mut ancestry = Ancestry::inherited(env, files)?;
        let followed = Way::default().follow(env, &mut ancestry, name);
        followed.map_err(|error| explained(error, &ancestry))
    }

    /// Returns the name of the profile.
    #[must_use]
    pub fn name(&self) -> &ProfileName {
        self.profiles.iter().next().unwrap_or(&self.source.name)
    }

    /// Returns the role of the profile itself, if it is not a role in IAM Identity Center.
    #[must_use]
    pub fn assumed_role(&self) -> Option<&AssumedRole> {
        self.role.as_ref()
    }
}

impl From<SsoProfile> for SsoChain {
    /// Returns a chain without other profiles.
    fn from(source: SsoProfile) -> Self {
        Self {
            profiles: ProfilePath::default().after(source.name.clone()),
            source,
            role: None,
        }
    }
}

/// Returns the session of a profile's own SSO keys, in place of the `error` of its credentials.
fn of_own_keys(files: &ConfigFiles, name: &ProfileName, error: Error) -> Result<SsoProfile, Error> {
    own_keys(files, name).unwrap_or(Err(error))
}

/// Returns the session of a profile's own SSO keys, or their error if no other key takes precedence.
pub(crate) fn own_keys(
    files: &ConfigFiles,
    name: &ProfileName,
) -> Option<Result<SsoProfile, Error>> {
    match SsoProfile::load(files, name) {
        Err(Error::NotSso { .. }) => None,
        Err(_) if files.key_before_sso(name).is_some() => None,
        own => Some(own),
    }
}

/// Way from a profile to the SSO session at the end of its chain.
#[derive(Default)]
struct Way {
    /// Role of the first profile that assumes one.
    role: Option<AssumedRole>,
    /// Role that a command line selects in place of that at the end.
    selected: Option<SelectedRole>,
    /// Profiles of which only the session is used, each with the number of profiles before it.
    of_session: Vec<(ProfileName, usize)>,
}

/// Role that a command line selects.
pub(crate) struct SelectedRole {
    /// Profile that contains the command line.
    profile: ProfileName,
    account_id: AccountId,
    role_name: RoleName,
}

impl Way {
    fn follow(
        mut self,
        env: &AwsEnv,
        ancestry: &mut Ancestry<'_>,
        name: &ProfileName,
    ) -> Result<SsoChain, Error> {
        let end = self.end(env, ancestry, name);
        let end = self
            .of_session
            .iter()
            .rev()
            .fold(end, |end, (name, before)| {
                end.or_else(|error| {
                    let end = of_own_keys(ancestry.files, name, error)?;
                    ancestry.own.truncate(before + 1);
                    Ok(end)
                })
            })?;
        Ok(SsoChain {
            profiles: ancestry.own.as_slice().into(),
            source: match self.selected {
                Some(role) => role.of(end.session),
                None => end,
            },
            role: self.role,
        })
    }

    /// Returns the last profile. Without recursion, because the chain may be long.
    fn end(
        &mut self,
        env: &AwsEnv,
        ancestry: &mut Ancestry<'_>,
        name: &ProfileName,
    ) -> Result<SsoProfile, Error> {
        let (mut name, mut reference) = (name.clone(), None);
        loop {
            let chain = CredentialChain::follow(ancestry, &name, reference)?;
            if self.selected.is_none() {
                self.role = self.role.take().or(chain.roles.into_iter().next_back());
            }
            let process = match chain.source {
                CredentialSource::Sso(role) => return Ok(of_role(role, ancestry)),
                CredentialSource::Static(_) => {
                    return Err(other_source(ancestry, SourceKind::AccessKeys));
                }
                CredentialSource::Process(process) => process,
            };
            match self.after(&process, env, ancestry)? {
                ControlFlow::Break(end) => return Ok(end),
                ControlFlow::Continue(next) => name = next,
            }
            reference = Some(process.location().clone());
        }
    }

    /// Returns the profile that `process` exports, or the end of the chain.
    fn after(
        &mut self,
        process: &CredentialProcess,
        env: &AwsEnv,
        ancestry: &Ancestry<'_>,
    ) -> Result<ControlFlow<SsoProfile, ProfileName>, Error> {
        Ok(match continuation(process, env, ancestry.files)? {
            Continuation::Profile(name) => ControlFlow::Continue(name),
            Continuation::SessionOf(name, role) => {
                self.selected.get_or_insert(role);
                self.of_session.push((name.clone(), ancestry.own.len()));
                ControlFlow::Continue(name)
            }
            Continuation::End(end) => ControlFlow::Break(end),
            Continuation::OtherProgram => return Err(other_source(ancestry, SourceKind::Process)),
        })
    }
}

/// Continuation of a chain after a `credential_process`.
pub(crate) enum Continuation {
    /// The process exports the credentials of the profile.
    Profile(ProfileName),
    /// The process exports the credentials of a role in the session of the profile.
    SessionOf(ProfileName, SelectedRole),
    /// The process exports the credentials of a role in a session.
    End(SsoProfile),
    /// The process is another program than `export-credentials`.
    OtherProgram,
}

/// Returns the continuation, whose profile or session exists.
pub(crate) fn continuation(
    process: &CredentialProcess,
    env: &AwsEnv,
    files: &ConfigFiles,
) -> Result<Continuation, Error> {
    let (session, role) = match process.exported() {
        None => return Ok(Continuation::OtherProgram),
        Some(Exported::Profile(name)) => return exported_profile(name, process, files),
        Some(Exported::Default) => return exported_profile(env.profile()?, process, files),
        Some(Exported::NotUnderstood) => {
            return Err(Error::UnknownArgument {
                location: process.location().clone(),
            });
        }
        Some(Exported::Role {
            session,
            account_id,
            role_name,
        }) => {
            let profile = process.profile().clone();
            let role = SelectedRole {
                profile,
                account_id,
                role_name,
            };
            (session, role)
        }
    };
    match session.named(files) {
        Named::Session(session) => {
            let reference = process.location().clone();
            let session = SsoSession::referenced(files, &session, CREDENTIAL_PROCESS, reference)?;
            Ok(Continuation::End(role.of(session)))
        }
        Named::Profile(name) => Ok(Continuation::SessionOf(
            existing(name, process, files)?,
            role,
        )),
    }
}

fn exported_profile(
    name: ProfileName,
    process: &CredentialProcess,
    files: &ConfigFiles,
) -> Result<Continuation, Error> {
    existing(name, process, files).map(Continuation::Profile)
}

impl SelectedRole {
    pub(crate) fn of(self, session: SsoSession) -> SsoProfile {
        SsoProfile {
            name: self.profile,
            session,
            account_id: Some(self.account_id),
            role_name: Some(self.role_name),
        }
    }
}

/// Returns `name` if the profile that `process` exports exists.
fn existing(
    name: ProfileName,
    process: &CredentialProcess,
    files: &ConfigFiles,
) -> Result<ProfileName, Error> {
    if files.profile(&name).is_some() {
        return Ok(name);
    }
    Err(Error::UnknownSourceProfile {
        key: CREDENTIAL_PROCESS,
        location: process.location().clone(),
        clue: Box::new(files.profile_clue(&name)),
        profile: name,
    })
}

fn of_role(role: SsoRole, ancestry: &Ancestry<'_>) -> SsoProfile {
    SsoProfile {
        name: ancestry.own.last().cloned().unwrap_or("default".into()),
        session: role.session,
        account_id: Some(role.account_id),
        role_name: Some(role.role_name),
    }
}

/// Adds the kind of another credential source, or the profiles before an invalid one.
fn explained(error: Error, ancestry: &Ancestry<'_>) -> Error {
    if let Some(kind) = kind_of(&error) {
        return other_source(ancestry, kind);
    }
    match error {
        error @ (Error::OtherSource { .. } | Error::Cycle { .. }) => error,
        error if ancestry.own.len() > 1 => Error::Chain {
            profiles: ancestry.own.clone(),
            source: Box::new(error),
        },
        error => error,
    }
}

/// Returns the kind of a credential source that is incomplete or that [`CredentialChain`] does not support.
pub(crate) fn kind_of(error: &Error) -> Option<SourceKind> {
    match error {
        Error::NoCredentials { .. } => Some(SourceKind::Nothing),
        Error::MissingKeys { keys, .. } if *keys == [SECRET_ACCESS_KEY] => {
            Some(SourceKind::IncompleteKeys)
        }
        Error::Unsupported { key, .. } => match *key {
            WEB_IDENTITY => Some(SourceKind::WebIdentity),
            CREDENTIAL_SOURCE => Some(SourceKind::CredentialSource),
            LOGIN_SESSION => Some(SourceKind::LoginSession),
            _ => None,
        },
        _ => None,
    }
}

fn other_source(ancestry: &Ancestry<'_>, kind: SourceKind) -> Error {
    let chain = ancestry.own.clone();
    let profile = chain.first().cloned().unwrap_or("default".into());
    let files = ancestry.files;
    let merged = files.profile(&profile);
    Error::OtherSource {
        location: merged.and_then(|profile| files.location_of_profile(&profile)),
        profile,
        kind,
        chain,
    }
}
