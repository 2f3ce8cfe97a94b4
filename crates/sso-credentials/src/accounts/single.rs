//! Listing of accounts without their roles, and of the roles in a single account.

use sso_portal::{Account, PortalClient, PortalError};
use sso_session::TokenProvider;
use sso_transport::Transport;
use sso_types::{AccessToken, AccountId, RoleName};

use super::portal_error;
use crate::error::Error;
use crate::pace::Pace;

/// Lists the accounts that the session gives access to, in the order of the access portal and
/// within its rate limit.
///
/// # Errors
///
/// Those of [`TokenProvider::token`], and [`sso_session::Error::Portal`].
pub fn list_accounts(tokens: &TokenProvider<'_>) -> Result<Vec<Account>, Error> {
    tokens.with_token(
        |token| {
            let pace = Pace::of(tokens, token);
            let portal = pace.portal(tokens.clients, tokens.region_of(token))?;
            let accounts = portal.list_accounts(&token.access_token);
            accounts
                .collect::<Result<_, _>>()
                .map_err(|error| portal_error(tokens, "ListAccounts", error))
        },
        Error::is_unauthorized,
    )
}

/// Lists the roles that the user may assume in `account`, in the order of the access portal and
/// within its rate limit.
///
/// # Errors
///
/// Those of [`list_accounts`], in [`Error::AccountRoles`] if they concern the account.
pub fn list_account_roles(
    tokens: &TokenProvider<'_>,
    account: &AccountId,
) -> Result<Vec<RoleName>, Error> {
    tokens.with_token(
        |token| {
            let pace = Pace::of(tokens, token);
            let portal = pace.portal(tokens.clients, tokens.region_of(token))?;
            role_names(&portal, &token.access_token, account).map_err(|error| {
                let is_of_account = !error.is_unauthorized();
                let error = portal_error(tokens, "ListAccountRoles", error);
                if !is_of_account {
                    return error;
                }
                let (account, source) = (Account::new(account.clone()), Box::new(error));
                Error::AccountRoles { account, source }
            })
        },
        Error::is_unauthorized,
    )
}

pub(super) fn role_names(
    portal: &PortalClient<impl Transport>,
    token: &AccessToken,
    account: &AccountId,
) -> Result<Vec<RoleName>, PortalError> {
    let roles = portal.list_account_roles(token, account);
    roles.map(|role| Ok(role?.role_name)).collect()
}
