//! Listing of the accounts and roles of a session.

mod available;
mod single;

mod token_state;

mod checkpoint;
mod listing;
mod progress;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};

use sso_portal::{Account, PortalError};
use sso_session::{ErrorChain, TokenProvider};
use time::Duration;
use token_cache::CachedToken;

use crate::error::Error;
use crate::pace::Pace;

pub(crate) use available::available_access;
use checkpoint::ListingCheckpoint;
use listing::CachedListing;
pub use listing::{AccountRoles, Listing, RefusedAccount};
pub use progress::ListingProgress;
use progress::Progress;
pub use single::{list_account_roles, list_accounts, list_roles_with};
use token_state::TokenState;

/// Number of threads, enough to reach the portal's rate limit if a response takes 400 ms.
const WORKERS: usize = 8;

/// Maximum age of the results of an earlier run.
const MAX_AGE: Duration = Duration::HOUR;

/// Listing of all accounts of a session, with their roles.
///
/// Several threads together, and all other processes of the user, send at most 20 requests per
/// second, the portal's limit for a user. If the portal throttles requests, the rate drops and
/// recovers; the listing fails only if no request is accepted for 60 seconds. A checkpoint on disk
/// keeps the result of an interrupted run for one hour, so that the next run with the same token can
/// continue there. A copy of a complete result is kept for as long: see [`cached`](Self::cached).
///
/// An account that the access portal refuses is part of the result, and does not end the listing.
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
    /// Returns the accounts.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token`], [`sso_session::Error::Portal`], and
    /// [`Error::AccountRoles`].
    pub fn list(&self) -> Result<Listing, Error> {
        self.tokens
            .with_token(|token| self.list_with(token), Error::is_unauthorized)
    }

    /// Returns the copy of the last complete listing with `token`, of at most one hour ago. Sends no
    /// request.
    #[must_use]
    pub fn cached(tokens: &TokenProvider<'_>, token: &CachedToken) -> Option<Listing> {
        let file = TokenState::new(tokens.cache, tokens.session, token, CachedListing::SUFFIX);
        CachedListing(file).read(tokens.clock.now())
    }

    fn list_with(&self, token: &CachedToken) -> Result<Listing, Error> {
        let tokens = self.tokens;
        let state = |suffix| TokenState::new(tokens.cache, tokens.session, token, suffix);
        let progress = Progress::new(self.on_progress);
        let on_throttling = |is_throttled| progress.set_throttled(is_throttled);
        let checkpoint = ListingCheckpoint::new(state(ListingCheckpoint::SUFFIX));
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
            excluded: Mutex::default(),
            first_error: Mutex::default(),
            known: AtomicUsize::new(0),
        };
        let listing = shared.list()?;
        CachedListing(state(CachedListing::SUFFIX)).write(&listing);
        Ok(listing)
    }
}

struct SharedListing<'a> {
    listing: &'a AccountListing<'a>,
    token: &'a CachedToken,
    pace: Pace<'a>,
    progress: &'a Progress<'a>,
    checkpoint: Mutex<ListingCheckpoint<'a>>,
    /// Results, each with its index in the order of the access portal.
    listed: Mutex<Vec<(usize, Listed)>>,
    excluded: Mutex<Vec<Account>>,
    first_error: Mutex<Option<Error>>,
    known: AtomicUsize,
}

/// Roles of an account, unless the access portal refuses to list them.
type Listed = Result<AccountRoles, RefusedAccount>;

impl SharedListing<'_> {
    fn list(self) -> Result<Listing, Error> {
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
        let listed = listed.into_iter().map(|(_, listed)| listed);
        let now = self.listing.tokens.clock.now();
        Ok(Listing::new(listed, into_inner(self.excluded), now))
    }

    /// Calls `found` once for each matching account, even if the access portal returns it twice. Keeps
    /// the others.
    fn list_accounts(&self, found: impl Fn(Account)) -> Result<(), Error> {
        let (tokens, token) = (self.listing.tokens, self.token);
        let portal = self.pace.portal(tokens.clients, tokens.region_of(token))?;
        let mut seen = HashSet::new();
        let accounts = portal.list_accounts(&token.access_token);
        for account in accounts.take_while(|_| !self.has_failed()) {
            let account = account.map_err(|error| portal_error(tokens, "ListAccounts", error))?;
            if !seen.insert(account.account_id.clone()) {
                continue;
            }
            if (self.listing.filter)(&account) {
                found(account);
            } else {
                lock(&self.excluded).push(account);
            }
        }
        Ok(())
    }

    fn list_roles(&self, accounts: &Mutex<Receiver<(usize, Account)>>) -> Result<(), Error> {
        while let Some((index, account)) = self.next(accounts) {
            let known = lock(&self.checkpoint).get(&account.account_id);
            let listed = match known {
                Some((roles, listed_at)) => Ok(AccountRoles {
                    account,
                    roles,
                    listed_at: Some(listed_at),
                }),
                None => self.roles_in(account)?,
            };
            self.add(index, listed);
        }
        Ok(())
    }

    fn roles_in(&self, account: Account) -> Result<Listed, Error> {
        let (tokens, token) = (self.listing.tokens, self.token);
        let portal = self.pace.portal(tokens.clients, tokens.region_of(token))?;
        let roles = single::role_names(&portal, &token.access_token, &account.account_id);
        let error = match roles {
            Ok(roles) => {
                let listed_at = None;
                return Ok(Ok(AccountRoles {
                    account,
                    roles,
                    listed_at,
                }));
            }
            Err(error) => error,
        };
        let is_refusal = single::is_refusal(&portal, &token.access_token, &error);
        let is_unauthorized = error.is_unauthorized();
        let is_of_account = !error.is_throttled() && !is_unauthorized;
        let error = portal_error(tokens, "ListAccountRoles", error);
        if is_refusal {
            // The token is accepted elsewhere, so an error about the token would be wrong.
            let reason = if is_unauthorized {
                "the access portal refuses this account".to_owned()
            } else {
                ErrorChain(&error).to_string()
            };
            return Ok(Err(RefusedAccount { account, reason }));
        }
        if !is_of_account {
            return Err(error);
        }
        let source = Box::new(error);
        Err(Error::AccountRoles { account, source })
    }

    /// Returns the next unprocessed account; `None` at the end or after a failure.
    fn next(&self, accounts: &Mutex<Receiver<(usize, Account)>>) -> Option<(usize, Account)> {
        let next = lock(accounts).recv().ok();
        next.filter(|_| !self.has_failed())
    }

    fn add(&self, index: usize, account: Listed) {
        if let Ok(roles) = &account {
            lock(&self.checkpoint).add(roles, self.listing.tokens.clock.now());
        }
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
