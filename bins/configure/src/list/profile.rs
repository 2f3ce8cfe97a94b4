//! Profile in the list.

use sso_config::chain::AssumedRole;
use sso_config::kind::ProfileKind;
use sso_config::{AwsEnv, ConfigFiles, Error, SsoChain, SsoSession};
use sso_types::{AccountId, ProfileName, RoleName};

pub(super) struct ListedProfile {
    pub(super) name: ProfileName,
    /// `None` if the credential source cannot be used.
    kind: Option<ProfileKind>,
    /// Profile from which this one gets its credentials.
    pub(super) source: Option<ProfileName>,
    /// Role of the credentials, if it is not a role in IAM Identity Center.
    pub(super) assumed_role: Option<AssumedRole>,
    /// `None` for a profile that does not use SSO.
    chain: Option<SsoChain>,
}

impl ListedProfile {
    /// Returns the profile, and the problem of an invalid one.
    pub(super) fn of(
        env: &AwsEnv,
        files: &ConfigFiles,
        name: ProfileName,
    ) -> (Self, Option<Error>) {
        let (kind, source, problem) = match ProfileKind::and_source(env, files, &name) {
            Ok((kind, source)) => (Some(kind), source, None),
            Err(error) => (None, None, Some(error)),
        };
        let chain = SsoChain::load(env, files, &name).ok();
        let assumed_role = match kind {
            Some(ProfileKind::AssumeRole | ProfileKind::WebIdentity) => files.assumed_role(&name),
            _ => chain.as_ref().and_then(SsoChain::assumed_role).cloned(),
        };
        let profile = Self {
            name,
            kind,
            source,
            assumed_role,
            chain,
        };
        (profile, problem)
    }

    pub(super) fn kind_label(&self) -> &'static str {
        self.kind.map_or(INVALID, ProfileKind::label)
    }

    pub(super) fn kind_name(&self) -> &'static str {
        self.kind.map_or(INVALID, ProfileKind::name)
    }

    /// Returns the session that the credentials or the bearer tokens come from.
    pub(super) fn session(&self) -> Option<&SsoSession> {
        Some(&self.chain.as_ref()?.source.session)
    }

    /// Returns the account of the credentials.
    pub(super) fn account_id(&self) -> Option<AccountId> {
        match &self.assumed_role {
            Some(role) => role.account_id(),
            None => self.chain.as_ref()?.source.account_id.clone(),
        }
    }

    /// Returns the role of the credentials, without the path of an IAM role.
    pub(super) fn role_name(&self) -> Option<&str> {
        match &self.assumed_role {
            Some(role) => role.role_name(),
            None => self
                .chain
                .as_ref()?
                .source
                .role_name
                .as_ref()
                .map(RoleName::as_str),
        }
    }
}

/// Kind of a profile whose credential source cannot be used.
const INVALID: &str = "invalid";
