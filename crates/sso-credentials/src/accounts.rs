//! All accounts that a session gives access to, with their roles.

mod one_by_one;

mod kept;
mod paced;
mod pacer;

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use sso_portal::{Account, PortalError};
use sso_types::RoleName;
use token_cache::TokenCache;

use crate::{
    AwsEnv, Clock, ConfigFiles, Connection, Error, ServiceClients, SsoSession, TokenProvider,
};

use kept::KeptRoles;
pub(crate) use kept::kept_listings;
pub(crate) use paced::{Pace, PacedTransport};

/// Enough of them for an answer to take 400 ms at the portal's limit.
const WORKERS: usize = 8;

/// An account with the roles that one may take on in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRoles {
    /// The account.
    pub account: Account,
    /// The names of the roles, in the portal's order.
    pub roles: Vec<RoleName>,
}

/// How far a listing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingProgress {
    /// How many accounts have been listed.
    pub done: usize,
    /// How many there are, as far as is known by now.
    pub known: usize,
}

/// Lists all accounts of a session and the roles in them.
///
/// A few threads ask, at no more than the 20 requests a second that the portal serves a user. Where
/// it asks to slow down they do, and then find their pace again; no listing fails for that. What was
/// listed by a run that did not come to its end is kept for an hour, and not asked for again.
pub struct AccountListing<'a> {
    /// The session.
    pub session: &'a SsoSession,
    /// Where its token is, and what an earlier run has listed.
    pub cache: &'a TokenCache,
    /// Where this is.
    pub env: &'a AwsEnv,
    /// What the config says of the way to the services.
    pub files: &'a ConfigFiles,
    /// What the arguments say of it.
    pub connection: &'a Connection,
    /// What time it is.
    pub clock: &'a (dyn Clock + Sync),
    /// Whose roles are wanted; other accounts are left out.
    pub wants: &'a (dyn Fn(&Account) -> bool + Sync),
    /// Hears how far it has come, from any thread.
    pub on_progress: &'a (dyn Fn(ListingProgress) + Sync),
}

impl AccountListing<'_> {
    /// Returns the accounts in the portal's order.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token`], and [`Error::Portal`] where the portal fails for another
    /// reason than too many requests.
    pub fn list(&self) -> Result<Vec<AccountRoles>, Error> {
        self.with_tokens(|tokens| tokens.token().map(drop))?;
        let kept = KeptRoles::read(self.cache, &self.session.token_key(), self.clock.now());
        let run = Run {
            listing: self,
            pace: Pace::new(),
            kept: Mutex::new(kept),
            listed: Mutex::default(),
            failed: Mutex::default(),
            known: AtomicUsize::new(0),
        };
        run.run()
    }

    fn with_tokens<T>(
        &self,
        act: impl FnOnce(&TokenProvider<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let profile = self.session.profile.clone();
        let profile = profile.unwrap_or_else(|| self.env.profile());
        let clients =
            ServiceClients::new(self.env, self.files, &profile, self.connection, self.clock)?;
        act(&TokenProvider {
            session: self.session,
            cache: self.cache,
            clients: &clients,
            clock: self.clock,
        })
    }
}

/// A listing under way.
struct Run<'a> {
    listing: &'a AccountListing<'a>,
    pace: Pace,
    kept: Mutex<KeptRoles>,
    /// Each with its place in the portal's order.
    listed: Mutex<Vec<(usize, AccountRoles)>>,
    failed: Mutex<Option<Error>>,
    known: AtomicUsize,
}

impl Run<'_> {
    fn run(self) -> Result<Vec<AccountRoles>, Error> {
        let (found, accounts) = channel();
        let accounts = Mutex::new(accounts);
        thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| self.note_failure(self.list_roles(&accounts)));
            }
            let send = |account| {
                // Whoever would take it has failed, which ends this too.
                let _ = found.send((self.known.fetch_add(1, Ordering::Relaxed), account));
            };
            self.note_failure(self.list_accounts(send));
            drop(found);
        });
        let kept = into_inner(self.kept);
        if let Some(error) = into_inner(self.failed) {
            kept.write();
            return Err(error);
        }
        kept.remove();
        let mut listed = into_inner(self.listed);
        listed.sort_by_key(|(place, _)| *place);
        Ok(listed.into_iter().map(|(_, account)| account).collect())
    }

    /// An account that is named again, because the list was begun anew with another token, is passed
    /// on once.
    fn list_accounts(&self, found: impl Fn(Account)) -> Result<(), Error> {
        let region = &self.listing.session.region;
        self.listing.with_tokens(|tokens| {
            let portal = tokens.clients.paced_portal(region, &self.pace)?;
            let seen = RefCell::new(HashSet::new());
            tokens.with_token(|token| {
                let accounts = portal.list_accounts(&token.access_token);
                for account in accounts.take_while(|_| !self.has_failed()) {
                    let account =
                        account.map_err(|error| asked(tokens, "listing the accounts", error))?;
                    let is_new = seen.borrow_mut().insert(account.account_id.clone());
                    if is_new && (self.listing.wants)(&account) {
                        found(account);
                    }
                }
                Ok(())
            })
        })
    }

    fn list_roles(&self, accounts: &Mutex<Receiver<(usize, Account)>>) -> Result<(), Error> {
        self.listing.with_tokens(|tokens| {
            while let Some((place, account)) = self.next(accounts) {
                let kept = lock(&self.kept).get(&account.account_id);
                let roles = match kept {
                    Some(roles) => roles,
                    None => tokens.list_account_roles_at(&self.pace, &account.account_id)?,
                };
                self.add(place, AccountRoles { account, roles });
            }
            Ok(())
        })
    }

    /// Returns the next account that nobody has taken, until there is none or somebody failed.
    fn next(&self, accounts: &Mutex<Receiver<(usize, Account)>>) -> Option<(usize, Account)> {
        let next = lock(accounts).recv().ok();
        next.filter(|_| !self.has_failed())
    }

    fn add(&self, place: usize, account: AccountRoles) {
        lock(&self.kept).add(&account, self.listing.clock.now());
        let mut listed = lock(&self.listed);
        listed.push((place, account));
        (self.listing.on_progress)(ListingProgress {
            done: listed.len(),
            known: self.known.load(Ordering::Relaxed),
        });
    }

    fn has_failed(&self) -> bool {
        lock(&self.failed).is_some()
    }

    fn note_failure(&self, outcome: Result<(), Error>) {
        if let Err(error) = outcome {
            lock(&self.failed).get_or_insert(error);
        }
    }
}

fn asked(tokens: &TokenProvider<'_>, operation: &'static str, source: PortalError) -> Error {
    tokens.clients.explain(Error::Portal { operation, source })
}

/// What one thread leaves behind in a panic, the others need not mind: the program ends.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(shared: Mutex<T>) -> T {
    shared.into_inner().unwrap_or_else(PoisonError::into_inner)
}
