//! A role that the access portal refused.

use sso_config::SsoSession;
use sso_portal::Account;
use sso_types::{AccountId, RoleName};

/// A refused role, and the access that the session has instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRefusal {
    /// Session whose token was used.
    pub session: SsoSession,
    /// Account ID.
    pub account_id: AccountId,
    /// Role name.
    pub role_name: RoleName,
    /// Access of the session.
    pub available: AvailableAccess,
}

/// Accounts or roles that a session gives access to, at most 100.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AvailableAccess {
    /// Roles in the account of the refused role.
    Roles(Vec<RoleName>),
    /// Other accounts, because there is no role in the account of the refused role.
    Accounts(Vec<Account>),
    /// The access portal did not list them.
    Unknown,
}
