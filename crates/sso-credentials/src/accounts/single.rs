//! Listing of accounts without their roles, and of the roles in a single account.

use sso_portal::Account;
use sso_session::TokenProvider;
use sso_types::{AccountId, RoleName};

use super::rate_limiter::RateLimiter;
use super::{limited_portal, portal_error};
use crate::error::Error;

/// Lists the accounts that the session gives access to, in the order of the access portal and
/// within its rate limit.
///
/// # Errors
///
/// Those of [`TokenProvider::token`], and [`sso_session::Error::Portal`].
pub fn list_accounts(tokens: &TokenProvider<'_>) -> Result<Vec<Account>, Error> {
    let limiter = RateLimiter::new(tokens.clock.clone());
    tokens.with_token(
        |token| {
            let portal = limited_portal(tokens, token, &limiter)?;
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
/// Those of [`list_accounts`].
pub fn list_account_roles(
    tokens: &TokenProvider<'_>,
    account: &AccountId,
) -> Result<Vec<RoleName>, Error> {
    list_rate_limited_roles(tokens, &RateLimiter::new(tokens.clock.clone()), account)
}

pub(super) fn list_rate_limited_roles(
    tokens: &TokenProvider<'_>,
    limiter: &RateLimiter,
    account: &AccountId,
) -> Result<Vec<RoleName>, Error> {
    tokens.with_token(
        |token| {
            let portal = limited_portal(tokens, token, limiter)?;
            let roles = portal.list_account_roles(&token.access_token, account);
            let names = roles.map(|role| Ok(role?.role_name));
            names
                .collect::<Result<_, _>>()
                .map_err(|error| portal_error(tokens, "ListAccountRoles", error))
        },
        Error::is_unauthorized,
    )
}
