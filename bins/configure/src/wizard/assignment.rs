//! The account and role of a profile.

use sso_types::{AccountId, RoleName};

#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub(super) account_id: AccountId,
    /// Name of the account, if the portal listed it.
    pub(super) account_name: Option<String>,
    pub(super) role_name: RoleName,
}
