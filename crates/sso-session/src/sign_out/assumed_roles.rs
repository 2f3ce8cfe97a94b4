//! Credentials of assumed roles whose role chain starts at an SSO session.

use std::collections::{BTreeMap, BTreeSet};

use sso_types::ProfileName;
use token_cache::scan::StoredAssumedRole;
use token_cache::{CacheKey, EntryLocation};

/// Profiles that assume a role with the same arguments, and therefore share a cache entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssumedRoleOrigins {
    /// ARN of the role.
    pub role_arn: String,
    /// Profiles with this role, in file order.
    pub profiles: Vec<ProfileName>,
    /// Keys of the tokens of the SSO sessions at which the role chains start. `None` stands for a
    /// chain that starts at other credentials or is invalid.
    pub token_keys: BTreeSet<Option<CacheKey>>,
}

/// File with the credentials of an assumed role, which a sign-out removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedAssumedRole {
    /// Location of the file.
    pub location: EntryLocation,
    /// ARN of the role, or of the role session if no profile has the role; `None` if unknown.
    pub role_arn: Option<String>,
    /// Profiles with this role, in file order.
    pub profiles: Vec<ProfileName>,
}

/// Relation between the credentials of an assumed role and the sessions of a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribution {
    /// The credentials were obtained through one of the sessions.
    Selected,
    /// The credentials may have been obtained through one of the sessions.
    Ambiguous,
    /// The credentials were obtained otherwise, or nothing is known about them.
    Other,
}

/// Attributes the credentials with `key`: by the recorded token key, or else by the profiles.
pub(super) fn attribute(
    key: Option<&CacheKey>,
    recorded: Option<&CacheKey>,
    roles: &BTreeMap<CacheKey, AssumedRoleOrigins>,
    is_selected: impl Fn(&CacheKey) -> bool,
) -> Attribution {
    if let Some(token_key) = recorded {
        return if is_selected(token_key) {
            Attribution::Selected
        } else {
            Attribution::Other
        };
    }
    let Some(origins) = key.and_then(|key| roles.get(key)) else {
        return Attribution::Other;
    };
    let mut selected = origins
        .token_keys
        .iter()
        .map(|key| key.as_ref().is_some_and(&is_selected));
    match (selected.clone().all(|it| it), selected.any(|it| it)) {
        (true, _) => Attribution::Selected,
        (false, true) => Attribution::Ambiguous,
        (false, false) => Attribution::Other,
    }
}

impl RemovedAssumedRole {
    pub(super) fn new(
        file: StoredAssumedRole,
        roles: &BTreeMap<CacheKey, AssumedRoleOrigins>,
    ) -> Self {
        let origins = file.key.as_ref().and_then(|key| roles.get(key));
        let profiles = origins.map(|origins| origins.profiles.clone());
        Self {
            location: file.location,
            role_arn: origins.map(|origins| origins.role_arn.clone()).or(file.arn),
            profiles: profiles.unwrap_or_default(),
        }
    }
}
