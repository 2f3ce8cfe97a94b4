//! Cache keys for role credentials.

use std::collections::{BTreeMap, BTreeSet};

use sso_config::chain::{AssumedRole, CredentialSource};
use sso_config::{AwsEnv, ConfigFiles, ConfiguredSessions, Resolver, SsoRole};
use sso_session::keys::SessionKeys;
use sso_session::sign_out::{AssumedRoleOrigins, RoleOrigins};
use token_cache::CacheKey;
use token_cache::key::AssumeRoleArguments;

/// Cache keys of the AWS CLI v2 for the credentials of a role.
pub trait RoleKeys {
    /// Returns the cache key of the role's credentials.
    fn credentials_key(&self) -> CacheKey;
}

impl RoleKeys for SsoRole {
    fn credentials_key(&self) -> CacheKey {
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

impl RoleKeys for AssumedRole {
    fn credentials_key(&self) -> CacheKey {
        CacheKey::assumed_role(&AssumeRoleArguments {
            duration_seconds: self.duration_seconds,
            external_id: self.external_id.as_deref(),
            role_arn: &self.role_arn,
            role_session_name: self.role_session_name.as_deref(),
            serial_number: self.mfa_serial.as_deref(),
        })
    }
}

/// Returns each SSO role in a profile, by the cache key of its credentials. Profiles with the same role of the
/// same session share an entry.
pub(crate) fn roles(env: &AwsEnv, files: &ConfigFiles) -> BTreeMap<CacheKey, RoleOrigins> {
    let configured = ConfiguredSessions::with_chains(env, files);
    let chains = configured.chains.into_iter();
    let profiles = configured.profiles.into_iter();
    let profiles = profiles.chain(chains.map(|chain| chain.source));
    let mut roles = BTreeMap::new();
    let mut known = BTreeSet::new();
    for profile in profiles {
        let name = profile.name.clone();
        let Ok(role) = profile.into_role(files) else {
            continue;
        };
        let key = role.credentials_key();
        let origins = roles.entry(key.clone()).or_insert_with(|| RoleOrigins {
            token_key: role.session.token_key(),
            account_id: role.account_id,
            role_name: role.role_name,
            profiles: Vec::new(),
        });
        if known.insert((key, name.clone())) {
            origins.profiles.push(name);
        }
    }
    roles
}

/// Returns the key of the token that credentials from `source` depend on; `None` if the source is
/// not a role in IAM Identity Center.
pub(crate) fn token_key_of(source: &CredentialSource) -> Option<CacheKey> {
    match source {
        CredentialSource::Sso(role) => Some(role.session.token_key()),
        CredentialSource::Static(_) | CredentialSource::Process(_) => None,
    }
}

/// Returns the role of each profile with `role_arn`, by the cache key of its credentials.
pub(crate) fn assumed_roles(
    env: &AwsEnv,
    files: &ConfigFiles,
) -> BTreeMap<CacheKey, AssumedRoleOrigins> {
    let mut roles: BTreeMap<CacheKey, AssumedRoleOrigins> = BTreeMap::new();
    let mut resolver = Resolver::new(env, files);
    for profile in files.profile_names() {
        if let Some(role) = files.assumed_role(&profile) {
            let origins = roles.entry(role.credentials_key()).or_default();
            origins.role_arn = role.role_arn;
            let chain = resolver.of_credentials(&profile);
            let token_key = chain.map(|chain| chain.source.session.token_key());
            origins.token_keys.insert(token_key);
            origins.profiles.push(profile);
        }
    }
    roles
}
