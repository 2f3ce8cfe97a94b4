//! `ListAccounts` and `ListAccountRoles`: the accounts and roles that are assigned to the user.

use std::collections::HashSet;
use std::fmt::{self, Debug, Display};
use std::mem;
use std::vec;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sso_transport::{Transport, read_json};
use sso_types::{AccessToken, AccountId, RoleName, sanitize};

use crate::client::PortalClient;
use crate::error::PortalError;

/// Maximum page size of the service.
const PAGE_SIZE: &str = "100";

/// Account that is assigned to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Account ID.
    pub account_id: AccountId,
    /// Account name, sanitized.
    pub account_name: Option<String>,
    /// Email address, sanitized.
    pub email_address: Option<String>,
}

impl Account {
    /// Creates an account without a name and an e-mail address.
    #[must_use]
    pub fn new(account_id: AccountId) -> Self {
        Self {
            account_id,
            account_name: None,
            email_address: None,
        }
    }
}

/// Displays the ID, and the name in parentheses.
impl Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.account_name {
            Some(name) => write!(f, "{} ({name})", self.account_id),
            None => write!(f, "{}", self.account_id),
        }
    }
}

/// Role that is assigned to the user in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountRole {
    /// Account ID.
    pub account_id: AccountId,
    /// Role name.
    pub role_name: RoleName,
}

impl<T: Transport> PortalClient<T> {
    /// Returns whether the service accepts the token, even if its user is not allowed to list
    /// accounts. Sends a `ListAccounts` request for one account. A proxy or a captive portal may respond
    /// instead of the service, so only a list, or an error with the name in the service model, counts.
    ///
    /// # Errors
    ///
    /// Any other [`PortalError`]. It is then unknown whether the token is valid.
    pub fn accepts(&self, access_token: &AccessToken) -> Result<bool, PortalError> {
        let query = [("max_result", "1")];
        match self.page::<AccountsPage>("/assignment/accounts", &query, access_token) {
            Ok(_) => Ok(true),
            Err(PortalError::Forbidden(error)) if error.name.is_some() => Ok(true),
            Err(error) if error.is_unauthorized() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns the accounts in the service's order. Requests each page when its first entry is
    /// needed. The iterator ends after an error.
    pub fn list_accounts(
        &self,
        access_token: &AccessToken,
    ) -> impl Iterator<Item = Result<Account, PortalError>> {
        let fetch = |query: &[(&str, &str)]| {
            self.page::<AccountsPage>("/assignment/accounts", query, access_token)
        };
        Pages::new(fetch)
    }

    /// Returns the roles in one account, in the service's order. Requests pages, and ends after an
    /// error, as [`list_accounts`](Self::list_accounts) does.
    pub fn list_account_roles(
        &self,
        access_token: &AccessToken,
        account_id: &AccountId,
    ) -> impl Iterator<Item = Result<AccountRole, PortalError>> {
        let fetch = |query: &[(&str, &str)]| {
            let query = [&[("account_id", account_id.as_str())], query].concat();
            self.page::<RolesPage>("/assignment/roles", &query, access_token)
        };
        Pages::new(fetch)
    }

    fn page<P: DeserializeOwned + Debug>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        access_token: &AccessToken,
    ) -> Result<P, PortalError> {
        let page = read_json(&self.get(path, query, access_token)?)?;
        log::trace!("{path} response: {page:?}");
        Ok(page)
    }
}

trait Page {
    type Entry;
    type Item;

    /// Returns the entries, and the token for the next page.
    fn into_parts(self) -> (Vec<Self::Entry>, Option<String>);

    fn item(entry: Self::Entry) -> Result<Self::Item, PortalError>;
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountsPage {
    #[serde(default)]
    account_list: Vec<AccountEntry>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountEntry {
    account_id: String,
    account_name: Option<String>,
    email_address: Option<String>,
}

impl Page for AccountsPage {
    type Entry = AccountEntry;
    type Item = Account;

    fn into_parts(self) -> (Vec<AccountEntry>, Option<String>) {
        (self.account_list, self.next_token)
    }

    fn item(entry: AccountEntry) -> Result<Account, PortalError> {
        Ok(Account {
            account_id: identifier("accountId", entry.account_id)?.into(),
            account_name: entry.account_name.as_deref().map(sanitize),
            email_address: entry.email_address.as_deref().map(sanitize),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RolesPage {
    #[serde(default)]
    role_list: Vec<RoleEntry>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleEntry {
    account_id: String,
    role_name: String,
}

impl Page for RolesPage {
    type Entry = RoleEntry;
    type Item = AccountRole;

    fn into_parts(self) -> (Vec<RoleEntry>, Option<String>) {
        (self.role_list, self.next_token)
    }

    fn item(entry: RoleEntry) -> Result<AccountRole, PortalError> {
        Ok(AccountRole {
            account_id: identifier("accountId", entry.account_id)?.into(),
            role_name: identifier("roleName", entry.role_name)?.into(),
        })
    }
}

/// Returns `text` if sanitizing leaves it unchanged, so that it can be displayed and sent back.
fn identifier(field: &'static str, text: String) -> Result<String, PortalError> {
    if text.is_empty() || sanitize(&text) != text {
        return Err(PortalError::UnexpectedResponse { field });
    }
    Ok(text)
}

struct Pages<P: Page, F> {
    fetch: F,
    entries: vec::IntoIter<P::Entry>,
    next_page: NextPage,
    seen_tokens: HashSet<String>,
}

enum NextPage {
    First,
    Token(String),
    None,
}

impl<P: Page, F: Fn(&[(&str, &str)]) -> Result<P, PortalError>> Pages<P, F> {
    fn new(fetch: F) -> Self {
        Self {
            fetch,
            entries: Vec::new().into_iter(),
            next_page: NextPage::First,
            seen_tokens: HashSet::new(),
        }
    }

    fn next_entry(&mut self) -> Result<Option<P::Entry>, PortalError> {
        loop {
            if let Some(entry) = self.entries.next() {
                return Ok(Some(entry));
            }
            let page = match mem::replace(&mut self.next_page, NextPage::None) {
                NextPage::First => (self.fetch)(&[("max_result", PAGE_SIZE)])?,
                NextPage::Token(token) => {
                    (self.fetch)(&[("max_result", PAGE_SIZE), ("next_token", &token)])?
                }
                NextPage::None => return Ok(None),
            };
            self.add_page(page)?;
        }
    }

    fn add_page(&mut self, page: P) -> Result<(), PortalError> {
        let (entries, token) = page.into_parts();
        self.entries = entries.into_iter();
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(());
        };
        if !self.seen_tokens.insert(token.clone()) {
            return Err(PortalError::RepeatedPage);
        }
        self.next_page = NextPage::Token(token);
        Ok(())
    }

    fn end(&mut self) {
        self.entries = Vec::new().into_iter();
        self.next_page = NextPage::None;
    }
}

impl<P: Page, F: Fn(&[(&str, &str)]) -> Result<P, PortalError>> Iterator for Pages<P, F> {
    type Item = Result<P::Item, PortalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.next_entry().transpose()?;
        let item = entry.and_then(P::item);
        if item.is_err() {
            self.end();
        }
        Some(item)
    }
}
