//! Result of a listing, and the copy of a complete one in the state directory of the cache.

use serde::{Deserialize, Serialize};
use sso_portal::Account;
use sso_session::sign_out::LISTING_SUFFIX;
use sso_types::RoleName;
use time::OffsetDateTime;

use super::MAX_AGE;
use super::token_state::TokenState;

/// Accounts of a session, with their roles as far as the access portal lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Accounts that match the filter, in the order of the access portal.
    pub accounts: Vec<AccountRoles>,
    /// Accounts that match the filter, but whose roles the access portal refuses to list.
    pub refused: Vec<RefusedAccount>,
    /// Accounts that do not match the filter.
    pub excluded: Vec<Account>,
    /// Time of the listing: of its oldest part if it continues an interrupted one.
    pub listed_at: OffsetDateTime,
}

/// Account with the roles that the user may assume in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRoles {
    /// ID, name and e-mail address of the account.
    pub account: Account,
    /// Role names, in the order of the access portal.
    pub roles: Vec<RoleName>,
    /// Time at which an interrupted run listed the roles; `None` if this run did.
    pub listed_at: Option<OffsetDateTime>,
}

/// Account whose roles the access portal refuses to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAccount {
    /// ID, name and e-mail address of the account.
    pub account: Account,
    /// Error of the access portal, with its causes.
    pub reason: String,
}

impl Listing {
    pub(super) fn new(
        listed: impl IntoIterator<Item = Result<AccountRoles, RefusedAccount>>,
        excluded: Vec<Account>,
        now: OffsetDateTime,
    ) -> Self {
        let mut listing = Self {
            accounts: Vec::new(),
            refused: Vec::new(),
            excluded,
            listed_at: now,
        };
        for listed in listed {
            match listed {
                Ok(account) => {
                    listing.listed_at = listing.listed_at.min(account.listed_at.unwrap_or(now));
                    listing.accounts.push(account);
                }
                Err(refused) => listing.refused.push(refused),
            }
        }
        listing
    }

    /// Returns whether a part of the result is from an interrupted run.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.accounts
            .iter()
            .any(|account| account.listed_at.is_some())
    }

    /// Returns the accounts, also those whose roles were not listed.
    pub fn all_accounts(&self) -> impl Iterator<Item = &Account> {
        let listed = self.accounts.iter().map(|listed| &listed.account);
        let refused = self.refused.iter().map(|refused| &refused.account);
        listed.chain(refused).chain(&self.excluded)
    }
}

/// Copy of the last complete listing.
pub(super) struct CachedListing<'a>(pub(super) TokenState<'a>);

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    #[serde(with = "time::serde::timestamp")]
    listed_at: OffsetDateTime,
    accounts: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    account_id: String,
    account_name: Option<String>,
    email_address: Option<String>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    Roles(Vec<String>),
    Refused(String),
}

impl CachedListing<'_> {
    pub(super) const SUFFIX: &'static str = LISTING_SUFFIX;

    /// Returns the listing if it is not older than [`MAX_AGE`].
    pub(super) fn read(&self, now: OffsetDateTime) -> Option<Listing> {
        let content: Content = self.0.read()?;
        if (now - content.listed_at).abs() >= MAX_AGE {
            return None;
        }
        let listed = content.accounts.into_iter().map(Entry::into_listed);
        Some(Listing::new(listed, Vec::new(), content.listed_at))
    }

    /// Writes `listing` if it is complete.
    pub(super) fn write(&self, listing: &Listing) {
        if !listing.excluded.is_empty() {
            return;
        }
        let accounts = listing.accounts.iter().map(|listed| {
            let roles = listed.roles.iter().map(|role| role.as_str().to_owned());
            entry(&listed.account, Outcome::Roles(roles.collect()))
        });
        let refused = listing.refused.iter();
        let refused = refused
            .map(|refused| entry(&refused.account, Outcome::Refused(refused.reason.clone())));
        self.0.write(&Content {
            listed_at: listing.listed_at,
            accounts: accounts.chain(refused).collect(),
        });
    }
}

impl Entry {
    fn into_listed(self) -> Result<AccountRoles, RefusedAccount> {
        let mut account = Account::new(self.account_id.into());
        account.account_name = self.account_name;
        account.email_address = self.email_address;
        match self.outcome {
            Outcome::Roles(roles) => Ok(AccountRoles {
                account,
                roles: roles.into_iter().map(RoleName::from).collect(),
                listed_at: None,
            }),
            Outcome::Refused(reason) => Err(RefusedAccount { account, reason }),
        }
    }
}

fn entry(account: &Account, outcome: Outcome) -> Entry {
    Entry {
        account_id: account.account_id.as_str().to_owned(),
        account_name: account.account_name.clone(),
        email_address: account.email_address.clone(),
        outcome,
    }
}
