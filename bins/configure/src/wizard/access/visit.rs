//! The portal of a session, with its accounts and roles, so that they are not requested again when the user
//! goes back.

use std::cell::{OnceCell, RefCell};

use cli_ux::Failure;
use sso_config::SsoSession;
use sso_credentials::Account;
use sso_session::start_url::ResolvedStartUrl;
use sso_types::{AccountId, RoleName};

#[derive(Debug)]
pub(in crate::wizard) struct Visit {
    /// Session before its start URL was resolved.
    pub(super) session: SsoSession,
    pub(super) resolved: ResolvedStartUrl,
    accounts: OnceCell<Vec<Account>>,
    roles: RefCell<Vec<(AccountId, Vec<RoleName>)>>,
}

impl Visit {
    pub(super) fn new(session: SsoSession, resolved: ResolvedStartUrl) -> Self {
        Self {
            session,
            resolved,
            accounts: OnceCell::new(),
            roles: RefCell::default(),
        }
    }

    /// Returns the accounts, which `list` requests at the first call.
    pub(super) fn accounts(
        &self,
        list: impl Fn() -> Result<Vec<Account>, Failure>,
    ) -> Result<Vec<Account>, Failure> {
        if let Some(accounts) = self.accounts.get() {
            return Ok(accounts.clone());
        }
        let accounts = list()?;
        Ok(self.accounts.get_or_init(|| accounts).clone())
    }

    /// Returns the roles in an account, which `list` requests at the first call.
    pub(super) fn roles(
        &self,
        account_id: &AccountId,
        list: impl Fn() -> Result<Vec<RoleName>, Failure>,
    ) -> Result<Vec<RoleName>, Failure> {
        let is_known = |(id, _): &&(AccountId, Vec<RoleName>)| id == account_id;
        if let Some((_, roles)) = self.roles.borrow().iter().find(is_known) {
            return Ok(roles.clone());
        }
        let roles = list()?;
        let known = (account_id.clone(), roles.clone());
        self.roles.borrow_mut().push(known);
        Ok(roles)
    }
}
