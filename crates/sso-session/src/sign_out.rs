//! Signing out: the server is told, and the files go.

mod selection;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use sso_config::ConfigFiles;
use sso_types::{ProfileName, Region, SessionName, StartUrl, sanitize};
use token_cache::locked::Locked;
use token_cache::scan::StoredToken;
use token_cache::{CacheError, CacheKey, CachedToken, EntryLocation, TokenCache};

use crate::clients::Network;
use crate::error::Error;
use crate::token::LOCK_WAIT;
pub use selection::CHECKPOINT_SUFFIX;
use selection::Selection;

/// One thing to sign out of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutTarget {
    /// What the profile signs in to.
    Profile(ProfileName),
    /// The sso-session, which the config need not have any more.
    Session(SessionName),
    /// Everything that was signed in to at this start URL.
    StartUrl(StartUrl),
}

/// Signs out.
///
/// What is removed: token files, whoever wrote them (JSON objects with `startUrl` and
/// `accessToken`); role credentials from the access portal (`ProviderType` `sso`) that came from
/// them; damaged files that were set aside; temporary files of processes that died; checkpoints of
/// account listings. Anything else stays. Behind a
/// symbolic link the file goes that it leads to.
///
/// No process that uses these crates brings a token back: a refresh under way ends first, and who
/// waits for its turn finds the token gone. Role credentials are saved only while the token that
/// they were had with is there. A sign-in under way is not ended, since somebody is at it.
pub struct SignOut<'a> {
    /// The sessions and profiles.
    pub files: &'a ConfigFiles,
    /// The tokens and credentials.
    pub cache: &'a TokenCache,
    /// The connection to the services. All sessions are ended at once, each with one request, so
    /// that a sign-out takes about as long as the time-outs.
    pub network: Network<'a>,
    /// The keys of the cached role credentials of each profile, with the key of the token that
    /// they come from.
    pub role_keys: &'a BTreeMap<CacheKey, CacheKey>,
    /// Whether the client registrations of the sessions go, too.
    pub forgets_clients: bool,
}

/// What a sign-out did, or would do.
#[derive(Debug, Default)]
pub struct SignOutReport {
    /// The tokens.
    pub tokens: Vec<RemovedToken>,
    /// The files with role credentials.
    pub role_credentials: Vec<EntryLocation>,
    /// The files with client registrations.
    pub registrations: Vec<EntryLocation>,
    /// Files set aside, temporary files, and what listings of accounts have left for the next.
    pub leftovers: Vec<EntryLocation>,
    /// Files that could not be attributed, and stay.
    pub unattributed: Vec<EntryLocation>,
    /// Damaged files that may hold one or the other, and stay.
    pub unreadable: Vec<CacheError>,
    /// What somebody is signing in to at this moment.
    pub being_signed_in_to: Vec<String>,
    /// Why a file stays that should go, or may come back.
    pub problems: Vec<Error>,
}

/// One token of a sign-out.
#[derive(Debug)]
pub struct RemovedToken {
    /// The location of the token.
    pub location: EntryLocation,
    /// The sso-session, where the config has it.
    pub session: Option<SessionName>,
    /// Where it was signed in to.
    pub start_url: StartUrl,
    /// The region that it was signed in to, where it is known.
    pub region: Option<Region>,
    /// What the server said; `None` where it was not asked.
    pub server: Option<RevocationOutcome>,
}

/// What the server said to the end of a session.
#[derive(Debug)]
pub enum RevocationOutcome {
    /// The session has ended.
    Ended,
    /// The token is not accepted: it has expired, or the session ended before.
    NotAccepted,
    /// It was not reached, or is in trouble: the session goes on until its time is over.
    NotTold(Error),
}

impl SignOut<'_> {
    /// Signs out of everything, whether the config knows it or not.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] where a folder cannot be looked into. Whatever else goes wrong is in the
    /// result.
    pub fn of_everything(&self) -> Result<SignOutReport, Error> {
        self.run(Selection::everything(self.files, self.role_keys))
    }

    /// Signs out of `these`.
    ///
    /// # Errors
    ///
    /// As [`of_everything`](Self::of_everything), and those of the profiles and sessions that the
    /// config does not have.
    pub fn of_these(&self, these: &[SignOutTarget]) -> Result<SignOutReport, Error> {
        self.run(Selection::of(
            these,
            self.files,
            self.role_keys,
            self.cache,
        )?)
    }

    /// Returns what [`of_everything`](Self::of_everything) would do. Nothing is changed, and
    /// nobody is asked.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn plan_of_everything(&self) -> Result<SignOutReport, Error> {
        self.plan(Selection::everything(self.files, self.role_keys))
    }

    /// Returns what [`of_these`](Self::of_these) would do, likewise.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn plan_of_these(&self, these: &[SignOutTarget]) -> Result<SignOutReport, Error> {
        self.plan(Selection::of(
            these,
            self.files,
            self.role_keys,
            self.cache,
        )?)
    }

    fn plan(&self, mut selection: Selection<'_>) -> Result<SignOutReport, Error> {
        let mut plan = SignOutReport::default();
        for file in selection.choose_tokens(self.cache)? {
            plan.tokens.push(selection.ended(&file, None));
        }
        self.list_what_follows(&selection, &mut plan)?;
        Ok(plan)
    }

    fn run(&self, mut selection: Selection<'_>) -> Result<SignOutReport, Error> {
        let mut done = SignOutReport::default();
        self.end_tokens(&mut selection, &mut done)?;
        match self.cache.wait_for_writers(LOCK_WAIT) {
            Ok(removed) => done.leftovers = removed,
            Err(error) => done.problems.push(error.into()),
        }
        self.list_what_follows(&selection, &mut done)?;
        let problems = &mut done.problems;
        for locations in [
            &mut done.role_credentials,
            &mut done.registrations,
            &mut done.leftovers,
        ] {
            locations.retain(|location| self.is_removed(location, problems));
        }
        done.being_signed_in_to = selection.being_signed_in_to(self.cache);
        Ok(done)
    }

    /// The locks are held until the files are gone: who refreshes comes before or finds nothing.
    fn end_tokens(
        &self,
        selection: &mut Selection<'_>,
        done: &mut SignOutReport,
    ) -> Result<(), Error> {
        let listed = selection.choose_tokens(self.cache)?;
        let locations: BTreeSet<_> = listed
            .into_iter()
            .map(|token| (token.key, token.location))
            .collect();
        let keys = locations.iter().filter_map(|(key, _)| key.as_ref());
        let _locks: Vec<_> = keys.filter_map(|key| self.locked(key, done)).collect();
        let mut files = selection.choose_tokens(self.cache)?;
        files.retain(|file| locations.contains(&(file.key.clone(), file.location.clone())));
        let told = files.iter().zip(self.tell_server(&files, selection));
        done.tokens
            .extend(told.map(|(file, word)| selection.ended(file, Some(word))));
        credit_the_end_to_all(&mut done.tokens);
        let problems = &mut done.problems;
        done.tokens
            .retain(|token| self.is_removed(&token.location, problems));
        Ok(())
    }

    fn locked(&self, key: &CacheKey, done: &mut SignOutReport) -> Option<Locked<'_, CachedToken>> {
        let locked = self.cache.lock_token(key, LOCK_WAIT);
        locked
            .map_err(|error| done.problems.push(error.into()))
            .ok()
    }

    fn tell_server(
        &self,
        files: &[StoredToken],
        selection: &Selection<'_>,
    ) -> Vec<RevocationOutcome> {
        thread::scope(|scope| {
            let asked: Vec<_> = files
                .iter()
                .map(|file| scope.spawn(|| self.logout(file, selection).into()))
                .collect();
            asked
                .into_iter()
                .map(|thread| thread.join().expect("nothing in it panics"))
                .collect()
        })
    }

    fn logout(&self, file: &StoredToken, selection: &Selection<'_>) -> Result<(), Error> {
        let mut network = self.network.clone();
        if let Some(profile) = selection.profile_of(file) {
            network.profile.clone_from(profile);
        }
        let clients = network.clients(selection.session_of(file));
        let clients = clients.with_single_attempts();
        let region = selection.region_of(file).ok_or(Error::UnknownRegion {
            location: file.location.clone(),
        })?;
        let ended = clients.portal(&region)?.logout(&file.access_token);
        ended.map_err(|source| {
            let operation = "ending the session";
            clients.explain(Error::Portal { operation, source })
        })
    }

    fn list_what_follows(
        &self,
        selection: &Selection<'_>,
        to: &mut SignOutReport,
    ) -> Result<(), Error> {
        selection.choose_role_credentials(self.cache, to)?;
        if self.forgets_clients {
            selection.choose_registrations(self.cache, to)?;
        }
        to.unreadable
            .extend(selection.unreadable_tokens(self.cache)?);
        to.leftovers.extend(selection.quarantined_files(self.cache));
        to.leftovers.extend(selection.listings(self.cache));
        Ok(())
    }

    fn is_removed(&self, location: &EntryLocation, problems: &mut Vec<Error>) -> bool {
        match self.cache.remove(location) {
            Ok(()) => true,
            Err(error) => {
                problems.push(error.into());
                false
            }
        }
    }
}

impl RemovedToken {
    /// Returns what to call it in a sentence, in printable characters.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.session {
            Some(name) => format!("the sso-session {}", sanitize(name.as_str())),
            None => format!("the start URL {}", sanitize(self.start_url.as_str())),
        }
    }
}

impl From<Result<(), Error>> for RevocationOutcome {
    fn from(said: Result<(), Error>) -> Self {
        match said {
            Ok(()) => Self::Ended,
            Err(error) if error.is_unauthorized() => Self::NotAccepted,
            Err(error) => Self::NotTold(error),
        }
    }
}

/// Who has ended a session has ended it for its other tokens, too, which then are not accepted.
fn credit_the_end_to_all(tokens: &mut [RemovedToken]) {
    let has_ended = |token: &&RemovedToken| matches!(token.server, Some(RevocationOutcome::Ended));
    let ended = tokens.iter().filter(has_ended);
    let ended: BTreeSet<_> = ended.map(|token| token.start_url.clone()).collect();
    for token in tokens {
        if matches!(token.server, Some(RevocationOutcome::NotAccepted))
            && ended.contains(&token.start_url)
        {
            token.server = Some(RevocationOutcome::Ended);
        }
    }
}
