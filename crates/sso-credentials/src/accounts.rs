//! Listing of the accounts and roles of a session.

mod available;
mod single;

mod checkpoint;
mod progress;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};

use sso_portal::{Account, PortalError};
use sso_session::TokenProvider;
use sso_types::RoleName;
use time::OffsetDateTime;
use token_cache::CachedToken;

use crate::error::Error;
use crate::pace::Pace;

pub(crate) use available::available_access;
use checkpoint::ListingCheckpoint;
pub use progress::ListingProgress;
use progress::Progress;
pub use single::{list_account_roles, list_accounts};

/// Number of threads, enough to reach the portal's rate limit if a response takes 400 ms.
const WORKERS: usize = 8;

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

/// Listing of all accounts of a session, with their roles.
///
/// Several threads together, and all other processes of the user, send at most 20 requests per
/// second, the portal's limit for a user. If the portal throttles requests, the rate drops and
/// recovers; the listing fails only if no request is accepted for 60 seconds. A checkpoint on disk
/// keeps the result of an interrupted run for one hour, so that the next run with the same token can
/// continue there.
///
/// All results belong to one token, even if another user signs in during the listing. If the access
/// portal rejects the token, the listing starts again with a refreshed one.
pub struct AccountListing<'a> {
    /// Token provider of the session.
    pub tokens: &'a TokenProvider<'a>,
    /// Account filter. Roles are listed only for accounts that match.
    pub filter: &'a (dyn Fn(&Account) -> bool + Sync),
    /// Use of the roles that an interrupted run has listed, which may have changed since.
    pub checkpoint: CheckpointUse,
    /// Callback for the progress, called from any thread.
    pub on_progress: &'a (dyn Fn(ListingProgress) + Sync),
}

/// Use of the checkpoint of an interrupted listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointUse {
    /// Continue where the interrupted listing ended.
    Continue,
    /// List everything again.
    Ignore,
}

impl AccountListing<'_> {
    /// Returns the accounts, in the order of the access portal.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token`], and [`sso_session::Error::Portal`].
    pub fn list(&self) -> Result<Vec<AccountRoles>, Error> {
        self.tokens
            .with_token(|token| self.list_with(token), Error::is_unauthorized)
    }

    fn list_with(&self, token: &CachedToken) -> Result<Vec<AccountRoles>, Error> {
        let tokens = self.tokens;
        let progress = Progress::new(self.on_progress);
        let on_throttling = |is_throttled| progress.set_throttled(is_throttled);
        let checkpoint = ListingCheckpoint::new(tokens.cache, tokens.session, token);
        let shared = SharedListing {
            listing: self,
            token,
            pace: Pace::of(tokens, token).on_throttling(&on_throttling),
            progress: &progress,
            checkpoint: Mutex::new(match self.checkpoint {
                CheckpointUse::Continue => checkpoint.read(tokens.clock.now()),
                CheckpointUse::Ignore => checkpoint,
            }),
            listed: Mutex::default(),
            first_error: Mutex::default(),
            known: AtomicUsize::new(0),
        };
        shared.list()
    }
}

struct SharedListing<'a> {
    listing: &'a AccountListing<'a>,
    token: &'a CachedToken,
    pace: Pace<'a>,
    progress: &'a Progress<'a>,
    checkpoint: Mutex<ListingCheckpoint<'a>>,
    /// Results, each with its index in the order of the access portal.
    listed: Mutex<Vec<(usize, AccountRoles)>>,
    first_error: Mutex<Option<Error>>,
    known: AtomicUsize,
}

impl SharedListing<'_> {
    fn list(self) -> Result<Vec<AccountRoles>, Error> {
        let (found, accounts) = channel();
        let accounts = Mutex::new(accounts);
        thread::scope(|scope| {
            let work = || self.record_failure(self.list_roles(&accounts));
            let mut workers = (0..WORKERS).map(|_| Builder::new().spawn_scoped(scope, work));
            let _all_started = workers.all(|worker| worker.is_ok());
            let send = |account| {
                // Sending fails only if all receivers have ended because of an error.
                let _ = found.send((self.known.fetch_add(1, Ordering::Relaxed), account));
            };
            self.record_failure(self.list_accounts(send));
            drop(found);
            // Without a thread, all roles are listed here.
            work();
        });
        let checkpoint = into_inner(self.checkpoint);
        if let Some(error) = into_inner(self.first_error) {
            checkpoint.write();
            return Err(error);
        }
        checkpoint.remove();
        let mut listed = into_inner(self.listed);
        listed.sort_by_key(|(index, _)| *index);
        Ok(listed.into_iter().map(|(_, account)| account).collect())
    }

    /// Calls `found` once for each matching account, even if the access portal returns it twice.
    fn list_accounts(&self, found: impl Fn(Account)) -> Result<(), Error> {
        let (tokens, token) = (self.listing.tokens, self.token);
        let portal = self.pace.portal(tokens.clients, tokens.region_of(token))?;
        let mut seen = HashSet::new();
        let accounts = portal.list_accounts(&token.access_token);
        for account in accounts.take_while(|_| !self.has_failed()) {
            let account = account.map_err(|error| portal_error(tokens, "ListAccounts", error))?;
            if seen.insert(account.account_id.clone()) && (self.listing.filter)(&account) {
                found(account);
            }
        }
        Ok(())
    }

    fn list_roles(&self, accounts: &Mutex<Receiver<(usize, Account)>>) -> Result<(), Error> {
        while let Some((index, account)) = self.next(accounts) {
            let listed = lock(&self.checkpoint).get(&account.account_id);
            let (roles, listed_at) = match listed {
                Some((roles, listed_at)) => (roles, Some(listed_at)),
                None => (self.roles_in(&account)?, None),
            };
            let account = AccountRoles {
                account,
                roles,
                listed_at,
            };
            self.add(index, account);
        }
        Ok(())
    }

    fn roles_in(&self, account: &Account) -> Result<Vec<RoleName>, Error> {
        let tokens = self.listing.tokens;
        single::list_paced_roles(tokens, self.token, &self.pace, &account.account_id)
    }

    /// Returns the next unprocessed account; `None` at the end or after a failure.
    fn next(&self, accounts: &Mutex<Receiver<(usize, Account)>>) -> Option<(usize, Account)> {
        let next = lock(accounts).recv().ok();
        next.filter(|_| !self.has_failed())
    }

    fn add(&self, index: usize, account: AccountRoles) {
        lock(&self.checkpoint).add(&account, self.listing.tokens.clock.now());
        let mut listed = lock(&self.listed);
        listed.push((index, account));
        let known = self.known.load(Ordering::Relaxed);
        self.progress.set(listed.len(), known);
    }

    fn has_failed(&self) -> bool {
        lock(&self.first_error).is_some()
    }

    fn record_failure(&self, outcome: Result<(), Error>) {
        if let Err(error) = outcome {
            lock(&self.first_error).get_or_insert(error);
        }
    }
}

fn portal_error(tokens: &TokenProvider<'_>, operation: &'static str, source: PortalError) -> Error {
    let error = sso_session::Error::Portal { operation, source };
    tokens.clients.explain(error).into()
}

/// Locks a value. Poisoning is ignored: `thread::scope` propagates a panic of another thread.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(shared: Mutex<T>) -> T {
    shared.into_inner().unwrap_or_else(PoisonError::into_inner)
}
