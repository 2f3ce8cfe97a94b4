//! The accounts alone, and the roles of one of them.

use sso_portal::Account;
use sso_types::{AccountId, RoleName};

use super::{Pace, asked};
use crate::{Error, TokenProvider};

impl TokenProvider<'_> {
    /// Lists the accounts that the session gives access to, in the portal's order; as slowly as
    /// the portal asks for.
    ///
    /// # Errors
    ///
    /// Those of [`token`](Self::token), and [`Error::Portal`].
    pub fn list_accounts(&self) -> Result<Vec<Account>, Error> {
        let pace = Pace::new();
        let portal = self.clients.paced_portal(&self.session.region, &pace)?;
        self.with_token(|token| {
            let accounts = portal.list_accounts(&token.access_token);
            accounts
                .collect::<Result<_, _>>()
                .map_err(|error| asked(self, "listing the accounts", error))
        })
    }

    /// Lists the roles that one may take on in `account`, in the portal's order; as slowly as the
    /// portal asks for.
    ///
    /// # Errors
    ///
    /// As [`list_accounts`](Self::list_accounts).
    pub fn list_account_roles(&self, account: &AccountId) -> Result<Vec<RoleName>, Error> {
        self.list_account_roles_at(&Pace::new(), account)
    }

    /// Does the same at a pace that is kept together with others.
    pub(super) fn list_account_roles_at(
        &self,
        pace: &Pace,
        account: &AccountId,
    ) -> Result<Vec<RoleName>, Error> {
        let portal = self.clients.paced_portal(&self.session.region, pace)?;
        self.with_token(|token| {
            let roles = portal.list_account_roles(&token.access_token, account);
            let names = roles.map(|role| Ok(role?.role_name));
            names
                .collect::<Result<_, _>>()
                .map_err(|error| asked(self, "listing the roles of an account", error))
        })
    }
}
