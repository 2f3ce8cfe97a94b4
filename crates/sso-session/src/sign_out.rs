//! Sign-out: ends the sessions at the server and removes the cached files.

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

/// Selects the tokens of a sign-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutTarget {
    /// The session that the profile uses.
    Profile(ProfileName),
    /// An sso-session, which may be missing from the config.
    Session(SessionName),
    /// All sessions with this start URL.
    StartUrl(StartUrl),
}

/// Signs out.
///
/// Removes token files of any tool (JSON objects with `startUrl` and `accessToken`); the role
/// credentials that the access portal issued for these tokens (`ProviderType` `sso`); quarantined
/// files; temporary files of processes that died; and checkpoints of account listings. Other files
/// stay. For a symbolic link, removes its target.
///
/// No process that uses these crates restores a token: a refresh in progress ends first, and a
/// process that waits for the lock finds the token removed. Role credentials are saved only while
/// the cache contains the token that they were requested with. A sign-in in progress is not
/// interrupted.
pub struct SignOut<'a> {
    /// Config files, with the sessions and profiles.
    pub files: &'a ConfigFiles,
    /// Cache of the tokens and credentials.
    pub cache: &'a TokenCache,
    /// Connection to the services. The requests to end the sessions are sent concurrently and
    /// without retries, so that a sign-out takes no longer than the timeouts.
    pub network: Network<'a>,
    /// Keys of the cached role credentials of each profile, with the key of the token that they
    /// were requested with.
    pub role_keys: &'a BTreeMap<CacheKey, CacheKey>,
    /// Set to remove the client registrations of the sessions too.
    pub removes_registrations: bool,
}

/// Result of a sign-out, or of its plan.
#[derive(Debug, Default)]
pub struct SignOutReport {
    /// Removed tokens.
    pub tokens: Vec<RemovedToken>,
    /// Removed files with role credentials.
    pub role_credentials: Vec<EntryLocation>,
    /// Removed files with client registrations.
    pub registrations: Vec<EntryLocation>,
    /// Removed quarantined files, temporary files and checkpoints of account listings.
    pub leftovers: Vec<EntryLocation>,
    /// Files that stay because they belong to no known session.
    pub unattributed: Vec<EntryLocation>,
    /// Corrupt files that stay although they may contain a token or credentials.
    pub unreadable: Vec<CacheError>,
    /// Labels of the sessions with a sign-in in progress.
    pub sign_ins_in_progress: Vec<String>,
    /// Errors because of which a file was not removed or may be written again.
    pub problems: Vec<Error>,
}

/// Token that a sign-out removes.
#[derive(Debug)]
pub struct RemovedToken {
    /// Location of the token.
    pub location: EntryLocation,
    /// Name of its sso-session, if the config contains it.
    pub session: Option<SessionName>,
    /// Start URL of its session.
    pub start_url: StartUrl,
    /// Region of its session, if it is known.
    pub region: Option<Region>,
    /// Result of the request to end the session; `None` if no request was sent.
    pub server: Option<RevocationOutcome>,
}

/// Result of the request to end a session at the server.
#[derive(Debug)]
pub enum RevocationOutcome {
    /// The server ended the session.
    Ended,
    /// The server rejected the token: it has expired, or the session had ended before.
    NotAccepted,
    /// The request failed: the session continues until it expires.
    Failed(Error),
}

impl SignOut<'_> {
    /// Signs out of all cached sessions, including those that the config does not contain.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] if a directory cannot be read. Other errors are in the result.
    pub fn run_all(&self) -> Result<SignOutReport, Error> {
        self.end(Selection::everything(self.files, self.role_keys))
    }

    /// Signs out of `targets`.
    ///
    /// # Errors
    ///
    /// As [`run_all`](Self::run_all), and [`Error::Config`] for a profile or session that the
    /// config does not contain.
    pub fn run(&self, targets: &[SignOutTarget]) -> Result<SignOutReport, Error> {
        self.end(self.selection(targets)?)
    }

    /// Returns the result that [`run_all`](Self::run_all) would have. Changes nothing and sends no
    /// request.
    ///
    /// # Errors
    ///
    /// As [`run_all`](Self::run_all).
    pub fn plan_all(&self) -> Result<SignOutReport, Error> {
        self.list(Selection::everything(self.files, self.role_keys))
    }

    /// Returns the result that [`run`](Self::run) would have. Changes nothing and sends no request.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn plan(&self, targets: &[SignOutTarget]) -> Result<SignOutReport, Error> {
        self.list(self.selection(targets)?)
    }

    fn selection(&self, targets: &[SignOutTarget]) -> Result<Selection<'_>, Error> {
        Selection::of(targets, self.files, self.role_keys, self.cache)
    }

    fn list(&self, mut selection: Selection<'_>) -> Result<SignOutReport, Error> {
        let mut plan = SignOutReport::default();
        for file in selection.choose_tokens(self.cache)? {
            plan.tokens.push(selection.removed(&file, None));
        }
        self.list_dependents(&selection, &mut plan)?;
        Ok(plan)
    }

    fn end(&self, mut selection: Selection<'_>) -> Result<SignOutReport, Error> {
        let mut report = SignOutReport::default();
        self.end_tokens(&mut selection, &mut report)?;
        match self.cache.wait_for_writers(LOCK_WAIT) {
            Ok(removed) => report.leftovers = removed,
            Err(error) => report.problems.push(error.into()),
        }
        self.list_dependents(&selection, &mut report)?;
        let problems = &mut report.problems;
        for locations in [
            &mut report.role_credentials,
            &mut report.registrations,
            &mut report.leftovers,
        ] {
            locations.retain(|location| self.is_removed(location, problems));
        }
        report.sign_ins_in_progress = selection.sign_ins_in_progress(self.cache);
        Ok(report)
    }

    /// Ends the sessions and removes the tokens. Holds the locks until the files are removed, so
    /// that a concurrent refresh ends before or finds no token.
    fn end_tokens(
        &self,
        selection: &mut Selection<'_>,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        let listed = selection.choose_tokens(self.cache)?;
        let locations: BTreeSet<_> = listed
            .into_iter()
            .map(|token| (token.key, token.location))
            .collect();
        let keys = locations.iter().filter_map(|(key, _)| key.as_ref());
        let _locks: Vec<_> = keys.filter_map(|key| self.locked(key, report)).collect();
        let mut files = selection.choose_tokens(self.cache)?;
        files.retain(|file| locations.contains(&(file.key.clone(), file.location.clone())));
        let outcomes = self.revoke(&files, selection);
        report.tokens.extend(
            files
                .iter()
                .zip(outcomes)
                .map(|(file, outcome)| selection.removed(file, Some(outcome))),
        );
        mark_ended_sessions(&mut report.tokens);
        let problems = &mut report.problems;
        report
            .tokens
            .retain(|token| self.is_removed(&token.location, problems));
        Ok(())
    }

    fn locked(
        &self,
        key: &CacheKey,
        report: &mut SignOutReport,
    ) -> Option<Locked<'_, CachedToken>> {
        let locked = self.cache.lock_token(key, LOCK_WAIT);
        locked
            .map_err(|error| report.problems.push(error.into()))
            .ok()
    }

    fn revoke(&self, files: &[StoredToken], selection: &Selection<'_>) -> Vec<RevocationOutcome> {
        thread::scope(|scope| {
            let threads: Vec<_> = files
                .iter()
                .map(|file| scope.spawn(|| self.logout(file, selection).into()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("a request does not panic"))
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

    fn list_dependents(
        &self,
        selection: &Selection<'_>,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        selection.choose_role_credentials(self.cache, report)?;
        if self.removes_registrations {
            selection.choose_registrations(self.cache, report)?;
        }
        report
            .unreadable
            .extend(selection.unreadable_tokens(self.cache)?);
        report
            .leftovers
            .extend(selection.quarantined_files(self.cache));
        report.leftovers.extend(selection.listings(self.cache));
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
    /// Returns the name for messages, without control characters.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.session {
            Some(name) => format!("the sso-session {}", sanitize(name.as_str())),
            None => format!("the start URL {}", sanitize(self.start_url.as_str())),
        }
    }
}

impl From<Result<(), Error>> for RevocationOutcome {
    fn from(result: Result<(), Error>) -> Self {
        match result {
            Ok(()) => Self::Ended,
            Err(error) if error.is_unauthorized() => Self::NotAccepted,
            Err(error) => Self::Failed(error),
        }
    }
}

/// Marks rejected tokens as ended if the request for another token of their start URL ended the
/// session: the server then rejects the other tokens.
fn mark_ended_sessions(tokens: &mut [RemovedToken]) {
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
