//! The access that a session has instead of a refused role.

use sso_portal::{PortalClient, PortalError};
use sso_transport::Transport;
use sso_types::{AccessToken, AccountId};

use crate::error::AvailableAccess;

/// Maximum number of listed roles or accounts: one page of the access portal.
const MAX_LISTED: usize = 100;

/// Lists the roles in `account`, or the accounts if there are none. Any error means unknown: the
/// caller has another error to report.
pub(crate) fn available_access<T: Transport>(
    portal: &PortalClient<T>,
    token: &AccessToken,
    account: &AccountId,
) -> AvailableAccess {
    let roles = portal.list_account_roles(token, account).take(MAX_LISTED);
    let roles: Result<Vec<_>, _> = roles.map(|role| Ok(role?.role_name)).collect();
    match roles {
        Ok(roles) if !roles.is_empty() => return AvailableAccess::Roles(roles),
        Err(error) if !is_without_access(&error) => return AvailableAccess::Unknown,
        _ => {}
    }
    let accounts = portal.list_accounts(token).take(MAX_LISTED);
    let accounts: Result<Vec<_>, _> = accounts.collect();
    accounts.map_or(AvailableAccess::Unknown, AvailableAccess::Accounts)
}

/// Returns whether the account does not exist, or the session has no access to it.
fn is_without_access(error: &PortalError) -> bool {
    matches!(
        error,
        PortalError::Forbidden(_)
            | PortalError::ResourceNotFound(_)
            | PortalError::InvalidRequest(_)
    )
}
