//! Credentials of roles in IAM Identity Center.

use std::collections::BTreeMap;

use sso_types::{AccountId, ProfileName, RoleName};
use token_cache::scan::StoredRoleCredentials;
use token_cache::{CacheKey, EntryLocation};

/// Profiles with the same role of the same session, which therefore share a cache entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleOrigins {
    /// Key of the token of the session.
    pub token_key: CacheKey,
    /// Account of the role.
    pub account_id: AccountId,
    /// Name of the role.
    pub role_name: RoleName,
    /// Profiles with this role, in file order.
    pub profiles: Vec<ProfileName>,
}

/// File with the credentials of a role in IAM Identity Center, which a sign-out removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedRoleCredentials {
    /// Location of the file.
    pub location: EntryLocation,
    /// Account and name of the role; `None` if no profile has it.
    pub role: Option<(AccountId, RoleName)>,
    /// Profiles with this role, in file order.
    pub profiles: Vec<ProfileName>,
}

impl RemovedRoleCredentials {
    pub(super) fn new(
        file: StoredRoleCredentials,
        roles: &BTreeMap<CacheKey, RoleOrigins>,
    ) -> Self {
        let origins = file.key.as_ref().and_then(|key| roles.get(key));
        let role = origins.map(|it| (it.account_id.clone(), it.role_name.clone()));
        let profiles = origins.map(|origins| origins.profiles.clone());
        Self {
            location: file.location,
            role,
            profiles: profiles.unwrap_or_default(),
        }
    }
}
