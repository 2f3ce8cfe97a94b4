//! Listing of accounts without their roles, and of the roles in a single account.

use sso_portal::{Account, PortalClient, PortalError};
use sso_session::TokenProvider;
use sso_session::threads;
use sso_transport::Transport;
use sso_types::{AccessToken, AccountId, RoleName};
use token_cache::CachedToken;

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

/// Lists the roles in each of `accounts` with `token`, which is not refreshed, within the rate limit of
/// the access portal. Returns `None` for an account that the access portal refuses.
#[must_use]
pub fn list_roles_with(
    tokens: &TokenProvider<'_>,
    token: &CachedToken,
    accounts: Vec<AccountId>,
) -> Vec<Result<Option<Vec<RoleName>>, Error>> {
    let pace = Pace::of(tokens, token);
    threads::map(accounts, |account| {
        let portal = pace.portal(tokens.clients, tokens.region_of(token))?;
        match role_names(&portal, &token.access_token, &account) {
            Ok(roles) => Ok(Some(roles)),
            Err(error) if is_refusal(&portal, &token.access_token, &error) => Ok(None),
            Err(error) => Err(portal_error(tokens, "ListAccountRoles", error)),
        }
    })
}

/// Returns whether the access portal refuses one account, rather than the token. It may respond in the
/// same way in both cases, so the token is then used for another request.
pub(super) fn is_refusal(
    portal: &PortalClient<impl Transport>,
    token: &AccessToken,
    error: &PortalError,
) -> bool {
    match error {
        PortalError::Forbidden(_)
        | PortalError::ResourceNotFound(_)
        | PortalError::InvalidRequest(_) => true,
        PortalError::Unauthorized(_) => portal.accepts(token).unwrap_or(false),
        _ => false,
    }
}

pub(super) fn role_names(
    portal: &PortalClient<impl Transport>,
    token: &AccessToken,
    account: &AccountId,
) -> Result<Vec<RoleName>, PortalError> {
    let roles = portal.list_account_roles(token, account);
    roles.map(|role| Ok(role?.role_name)).collect()
}
