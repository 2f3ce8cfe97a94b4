//! All profiles of both files, with the properties that identify them in a list.

use sso_types::{AccountId, ProfileName, RoleName};

use crate::chain::AssumedRole;
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::ConfigFiles;
use crate::kind::ProfileKind;
use crate::profile::SsoProfile;
use crate::resolver::Resolver;
use crate::session::SsoSession;
use crate::sso_chain::SsoChain;

/// All profiles of both files, and the errors of invalid ones.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ListedProfiles {
    /// Profiles in the order of [`ConfigFiles::profile_names`], also invalid ones.
    pub profiles: Vec<ListedProfile>,
    /// Errors of the invalid profiles, in the same order. An error that affects several profiles is included
    /// once.
    pub problems: Vec<Error>,
}

/// Profile in a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListedProfile {
    /// Name of the profile.
    pub name: ProfileName,
    /// Kind of the profile; `None` if its credential source cannot be used.
    pub kind: Option<ProfileKind>,
    /// Profile from which this one gets its credentials.
    pub source: Option<ProfileName>,
    /// Role of the credentials, if it is not a role in IAM Identity Center.
    pub assumed_role: Option<AssumedRole>,
    /// Session, account and role in IAM Identity Center from which the credentials or the bearer tokens
    /// come, also through other profiles; `None` for a profile that does not use SSO.
    pub sso: Option<SsoProfile>,
    /// Default Region of the profile's API requests, not `sso_region`.
    pub region: Option<String>,
}

impl ListedProfiles {
    /// Reads all profiles in `files`.
    #[must_use]
    pub fn of(env: &AwsEnv, files: &ConfigFiles) -> Self {
        let mut listed = Self::default();
        let mut resolver = Resolver::new(env, files);
        for name in files.profile_names() {
            let (profile, problem) = ListedProfile::read(&mut resolver, name);
            listed.profiles.push(profile);
            listed.problems.extend(problem);
        }
        listed
    }
}

impl ListedProfile {
    /// Reads the profile `name`. Returns its error, too, if it is invalid and `resolver` has not read another
    /// profile with the same problem.
    #[must_use]
    pub fn read(resolver: &mut Resolver<'_>, name: ProfileName) -> (Self, Option<Error>) {
        let files = resolver.files();
        let (kind, source, problem) = match resolver.kind_and_source(&name) {
            Ok((kind, source)) => (Some(kind), source, None),
            Err(error) => (None, None, error),
        };
        let chain = resolver.load(&name).and_then(Result::ok);
        let assumed_role = match kind {
            Some(ProfileKind::AssumeRole | ProfileKind::WebIdentity) => files.assumed_role(&name),
            _ => chain.as_ref().and_then(SsoChain::assumed_role).cloned(),
        };
        let profile = Self {
            region: files.region(&name),
            name,
            kind,
            source,
            assumed_role,
            sso: chain.map(|chain| chain.source),
        };
        (profile, problem)
    }

    /// Returns the name of the kind in tables: one or two words, or `invalid`.
    #[must_use]
    pub fn kind_label(&self) -> &'static str {
        self.kind.map_or(INVALID, ProfileKind::label)
    }

    /// Returns the name of the kind in JSON, or `invalid`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        self.kind.map_or(INVALID, ProfileKind::name)
    }

    /// Returns the session from which the credentials or the bearer tokens come.
    #[must_use]
    pub fn session(&self) -> Option<&SsoSession> {
        Some(&self.sso.as_ref()?.session)
    }

    /// Returns the account of the credentials.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        match &self.assumed_role {
            Some(role) => role.account_id(),
            None => self.sso.as_ref()?.account_id.clone(),
        }
    }

    /// Returns the role of the credentials, without the path of an IAM role.
    #[must_use]
    pub fn role_name(&self) -> Option<&str> {
        match &self.assumed_role {
            Some(role) => role.role_name(),
            None => self.sso.as_ref()?.role_name.as_ref().map(RoleName::as_str),
        }
    }
}

/// Kind of a profile whose credential source cannot be used.
const INVALID: &str = "invalid";
