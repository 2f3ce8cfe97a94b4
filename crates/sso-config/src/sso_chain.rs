//! Profiles that reach IAM Identity Center: by their own keys, through `source_profile`, or by a
//! `credential_process` that runs `export-credentials`.

use sso_types::ProfileName;

use crate::ancestry::Ancestry;
use crate::chain::{
    AssumedRole, CREDENTIAL_PROCESS, CREDENTIAL_SOURCE, CredentialChain, CredentialSource,
    LOGIN_SESSION, SECRET_ACCESS_KEY, WEB_IDENTITY,
};
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::exported::Exported;
use crate::files::ConfigFiles;
use crate::process::CredentialProcess;
use crate::profile::{SsoProfile, SsoRole};
use crate::session::SsoSession;
use crate::source_kind::SourceKind;

/// Profile that reaches an SSO session, directly or through other profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoChain {
    /// Profiles from the profile itself to the one at which the chain ends. That one contains the SSO
    /// keys, or the command line with an SSO session.
    pub profiles: Vec<ProfileName>,
    /// Session, account and role at which the chain ends.
    pub source: SsoProfile,
    /// Roles in the order in which they are assumed.
    pub roles: Vec<AssumedRole>,
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
        let error = match Self::of_credentials(env, files, name) {
            Ok(chain) => return Ok(chain),
            Err(error) => error,
        };
        match SsoProfile::load(files, name) {
            Ok(source) => Ok(source.into()),
            Err(Error::NotSso { .. }) => Err(error),
            Err(_) if files.key_before_sso(name).is_some() => Err(error),
            Err(of_own_keys) => Err(of_own_keys),
        }
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
        let followed = CredentialChain::follow(&mut ancestry, name, None)
            .and_then(|chain| of_chain(env, &mut ancestry, chain));
        followed.map_err(|error| explained(error, &ancestry))
    }

    /// Returns the name of the profile.
    #[must_use]
    pub fn name(&self) -> &ProfileName {
        self.profiles.first().unwrap_or(&self.source.name)
    }

    /// Returns the role of the profile itself, if it is not a role in IAM Identity Center.
    #[must_use]
    pub fn assumed_role(&self) -> Option<&AssumedRole> {
        self.roles.last()
    }
}

impl From<SsoProfile> for SsoChain {
    /// Returns a chain without other profiles.
    fn from(source: SsoProfile) -> Self {
        Self {
            profiles: vec![source.name.clone()],
            source,
            roles: Vec::new(),
        }
    }
}

fn of_chain(
    env: &AwsEnv,
    ancestry: &mut Ancestry<'_>,
    chain: CredentialChain,
) -> Result<SsoChain, Error> {
    let source = match chain.source {
        CredentialSource::Sso(role) => of_role(role, ancestry),
        CredentialSource::Static(_) => return Err(other_source(ancestry, SourceKind::AccessKeys)),
        CredentialSource::Process(process) => match process.exported() {
            None => return Err(other_source(ancestry, SourceKind::Process)),
            Some(Exported::Role {
                session,
                account_id,
                role_name,
            }) => SsoProfile {
                name: process.profile().clone(),
                session: SsoSession::named(ancestry.files, &session)?,
                account_id: Some(account_id),
                role_name: Some(role_name),
            },
            Some(Exported::Profile(name)) => {
                return of_exported(env, ancestry, &process, &name, chain.roles);
            }
            Some(Exported::Default) => {
                return of_exported(env, ancestry, &process, &env.profile()?, chain.roles);
            }
        },
    };
    Ok(SsoChain {
        profiles: ancestry.own.clone(),
        source,
        roles: chain.roles,
    })
}

/// Returns the chain of the profile that `process` exports, followed by `roles`.
fn of_exported(
    env: &AwsEnv,
    ancestry: &mut Ancestry<'_>,
    process: &CredentialProcess,
    name: &ProfileName,
    roles: Vec<AssumedRole>,
) -> Result<SsoChain, Error> {
    if ancestry.files.profile(name).is_none() {
        return Err(Error::UnknownSourceProfile {
            profile: name.clone(),
            key: CREDENTIAL_PROCESS,
            location: process.location().clone(),
            clue: Box::new(ancestry.files.profile_clue(name)),
        });
    }
    let exported = CredentialChain::follow(ancestry, name, Some(process.location().clone()))?;
    let mut chain = of_chain(env, ancestry, exported)?;
    chain.roles.extend(roles);
    Ok(chain)
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

/// Returns the kind of a credential source that is invalid or that [`CredentialChain`] does not support.
fn kind_of(error: &Error) -> Option<SourceKind> {
    match error {
        Error::NoCredentials { .. } => Some(SourceKind::Nothing),
        Error::InvalidProcess { .. } => Some(SourceKind::Process),
        Error::MissingKeys { keys, .. } if *keys == [SECRET_ACCESS_KEY] => {
            Some(SourceKind::AccessKeys)
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
