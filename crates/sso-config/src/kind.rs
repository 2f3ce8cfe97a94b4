//! Kinds of profiles.

use sso_types::ProfileName;

use crate::chain::{CredentialChain, CredentialSource};
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::exported::Exported;
use crate::files::ConfigFiles;
use crate::profile::{ACCOUNT_ID, ROLE_NAME};
use crate::source_kind::SourceKind;
use crate::sso_chain::SsoChain;

/// Kind of a profile, by the credential source that the AWS CLI v2 selects. See
/// [`CredentialChain::load`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileKind {
    /// Role in IAM Identity Center, through an `[sso-session]` section.
    Sso,
    /// Role in IAM Identity Center, through the start URL of the profile.
    LegacySso,
    /// SSO session or start URL without a role, which only provides bearer tokens.
    BearerToken,
    /// `role_arn` with `source_profile` or `credential_source`.
    AssumeRole,
    /// `role_arn` with `web_identity_token_file`.
    WebIdentity,
    /// `credential_process` with `export-credentials`, which prints the credentials of a profile or of
    /// a role in IAM Identity Center.
    ExportCredentials,
    /// Any other `credential_process`.
    Process,
    /// Access keys in one of the files.
    AccessKeys,
    /// `login_session` of `aws login`.
    ConsoleLogin,
    /// No credentials, only settings such as `region`.
    Settings,
}

impl ProfileKind {
    /// Returns the kind of a profile, and the profile from which it gets its credentials, if any.
    ///
    /// # Errors
    ///
    /// Those of [`CredentialChain::load`] that make the credentials unavailable in the AWS CLI, too:
    /// not for a source that is not supported, and not for a profile without credentials.
    pub fn and_source(
        env: &AwsEnv,
        files: &ConfigFiles,
        name: &ProfileName,
    ) -> Result<(Self, Option<ProfileName>), Error> {
        let (end, profiles) = match SsoChain::of_credentials(env, files, name) {
            Ok(chain) => (None, chain.profiles.iter().cloned().collect()),
            Err(Error::OtherSource { kind, chain, .. }) => (Some(kind), chain),
            Err(error) if is_without_role(&error) => return Ok((Self::BearerToken, None)),
            Err(error) => return Err(error),
        };
        let source = profiles.get(1).cloned();
        match (supported_chain(env, files, name, &profiles), end) {
            (Ok(Some(chain)), _) => Ok((Self::of_chain(&chain), source)),
            (Ok(None), Some(kind)) if source.is_none() => Ok((kind.into(), None)),
            (Ok(None), _) => Ok((Self::AssumeRole, source)),
            (Err(Error::NoCredentials { .. }), _) if source.is_none() => Ok((Self::Settings, None)),
            (Err(error), _) => Err(in_chain(profiles, error)),
        }
    }

    fn of_chain(chain: &CredentialChain) -> Self {
        match &chain.source {
            _ if !chain.roles.is_empty() => Self::AssumeRole,
            CredentialSource::Sso(role) if role.session.name.is_none() => Self::LegacySso,
            CredentialSource::Sso(_) => Self::Sso,
            CredentialSource::Static(_) => Self::AccessKeys,
            CredentialSource::Process(process) if process.exported().is_some() => {
                Self::ExportCredentials
            }
            CredentialSource::Process(_) => Self::Process,
        }
    }

    /// Returns the name of the kind in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sso => "sso",
            Self::LegacySso => "legacySso",
            Self::BearerToken => "bearerToken",
            Self::AssumeRole => "assumeRole",
            Self::WebIdentity => "webIdentity",
            Self::ExportCredentials => "exportCredentials",
            Self::Process => "process",
            Self::AccessKeys => "accessKeys",
            Self::ConsoleLogin => "consoleLogin",
            Self::Settings => "settings",
        }
    }

    /// Returns the name of the kind in tables: one or two words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sso => "SSO",
            Self::LegacySso => "SSO (legacy)",
            Self::BearerToken => "bearer token",
            Self::AssumeRole => "assume role",
            Self::WebIdentity => "web identity",
            Self::ExportCredentials => "export-credentials",
            Self::Process => "process",
            Self::AccessKeys => "access keys",
            Self::ConsoleLogin => "console login",
            Self::Settings => "settings",
        }
    }
}

impl From<SourceKind> for ProfileKind {
    /// Returns the kind of a profile that has the source itself.
    fn from(source: SourceKind) -> Self {
        match source {
            SourceKind::AccessKeys | SourceKind::IncompleteKeys => Self::AccessKeys,
            SourceKind::Process => Self::Process,
            SourceKind::WebIdentity => Self::WebIdentity,
            SourceKind::CredentialSource => Self::AssumeRole,
            SourceKind::LoginSession => Self::ConsoleLogin,
            SourceKind::Nothing => Self::Settings,
        }
    }
}

/// Returns whether the profile of the error has a session or start URL, but neither account nor role.
pub(crate) fn is_without_role(error: &Error) -> bool {
    matches!(error, Error::MissingKeys { keys, .. } if *keys == [ACCOUNT_ID, ROLE_NAME])
}

/// Returns the chain of a profile, and checks those of the profiles that it exports. Returns `None` if the
/// source is not supported. `profiles` are all profiles of the chain, which has no cycle.
fn supported_chain(
    env: &AwsEnv,
    files: &ConfigFiles,
    name: &ProfileName,
    profiles: &[ProfileName],
) -> Result<Option<CredentialChain>, Error> {
    let chain = if_supported(env, files, name)?;
    let mut next = chain.as_ref().and_then(|it| exported(it, profiles));
    while let Some(name) = next {
        let chain = if_supported(env, files, name)?;
        next = chain.and_then(|it| exported(&it, profiles));
    }
    Ok(chain)
}

fn if_supported(
    env: &AwsEnv,
    files: &ConfigFiles,
    name: &ProfileName,
) -> Result<Option<CredentialChain>, Error> {
    match CredentialChain::resolve(env, files, name) {
        Err(Error::Unsupported { .. }) => Ok(None),
        chain => chain.map(Some),
    }
}

/// Returns the profile whose credentials the process at the end of the chain exports. Of a profile that is
/// exported with another role, only the session is used.
fn exported<'a>(chain: &CredentialChain, profiles: &'a [ProfileName]) -> Option<&'a ProfileName> {
    let CredentialSource::Process(process) = &chain.source else {
        return None;
    };
    if let Some(Exported::Role { .. }) = process.exported() {
        return None;
    }
    let mut rest = profiles.iter().skip_while(|it| *it != process.profile());
    rest.nth(1)
}

fn in_chain(profiles: Vec<ProfileName>, error: Error) -> Error {
    if profiles.len() < 2 {
        return error;
    }
    Error::Chain {
        profiles,
        source: Box::new(error),
    }
}
