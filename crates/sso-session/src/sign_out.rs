//! Sign-out: ends access portal sessions and removes cached files.

mod assumed_roles;
mod late_tokens;
mod named;
mod removal;
mod revocation;
mod role_credentials;
mod selection;
mod unreadable;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use locked_file::critical_section::CriticalSection;
use sso_config::ConfigFiles;
use sso_types::{ProfileName, Region, SessionName, StartUrl, escaped};
use token_cache::locked::Locked;
use token_cache::scan::StoredToken;
use token_cache::{CacheError, CacheKey, CachedToken, EntryLocation, TokenCache};

use crate::clients::Network;
use crate::error::Error;
use crate::threads;
pub use assumed_roles::{AssumedRoleOrigins, RemovedAssumedRole};
use late_tokens::{late_tokens, restored_tokens};
pub use named::named;
use removal::{Removal, remove_related};
pub use revocation::RevocationOutcome;
use revocation::{Attempt, Ending, Session, mark_ended_sessions};
pub use role_credentials::{RemovedRoleCredentials, RoleOrigins};
use selection::Selection;
pub use selection::{CHECKPOINT_SUFFIX, LISTING_SUFFIX};

/// Maximum wait for a process that holds a lock. The process may be stopped. Its result is not saved,
/// because each writer first checks that the token is still cached.
const MAX_LOCK_WAIT: Duration = Duration::from_secs(30);

/// Selection of the tokens to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOutTarget {
    /// The session of the profile.
    Profile(ProfileName),
    /// An SSO session, which may be missing from the config file if its token is cached.
    Session(SessionName),
    /// All sessions with this start URL.
    StartUrl(StartUrl),
}

/// Sign-out from one or more sessions.
///
/// Removes token files of any tool (JSON objects with `startUrl` and `accessToken`); under the key of
/// a session in the config file or of a selected session, each file with an `accessToken` of any value or
/// a `refreshToken`; the role
/// credentials that the access portal issued for these tokens (`ProviderType` `sso`, or under the
/// key of a role of a profile); the
/// credentials of roles that were assumed with those, directly or through other roles; quarantined
/// files; temporary files of crashed processes; and the state files of the sessions, such as
/// checkpoints of account listings. Leaves other files. If a token or an entry with credentials is
/// a symbolic link, removes its target.
///
/// Ends the sessions after the files are removed. If an access token has expired, or the access portal
/// refuses it, it is refreshed first, and the new token is not saved. If the service refuses the refresh
/// token, waits for up to three seconds for the token of a tool without locks that has used it, removes
/// that token and ends its session. A token that such a tool has saved when the sessions are ended is also
/// removed, and its session ended.
///
/// No process that uses these crates restores a token: a refresh in progress completes first, or is
/// not saved if it takes longer than 30 seconds, and a process that waits for the lock finds the token
/// missing. Role credentials are saved only if the
/// cache still contains the token that the request used. A sign-in in progress is not interrupted.
pub struct SignOut<'a> {
    /// Config files with the sessions and profiles.
    pub files: &'a ConfigFiles,
    /// Cache of the tokens and credentials.
    pub cache: &'a TokenCache,
    /// Factory of the clients. The requests are sent concurrently and without retries, so that the
    /// timeouts limit the duration of a sign-out.
    pub network: Network<'a>,
    /// SSO roles of all profiles, by the key of their credentials.
    pub roles: &'a BTreeMap<CacheKey, RoleOrigins>,
    /// Assumed roles of all profiles, by the key of their credentials.
    pub assumed_roles: &'a BTreeMap<CacheKey, AssumedRoleOrigins>,
    /// If true, also removes the client registrations of the sessions.
    pub removes_registrations: bool,
}

/// Result of a sign-out, or of its plan.
#[derive(Debug, Default)]
pub struct SignOutReport {
    /// Removed tokens.
    pub tokens: Vec<RemovedToken>,
    /// Tokens that could not be removed, as the problems state, with the outcomes of their requests.
    pub kept_tokens: Vec<RemovedToken>,
    /// Removed files with role credentials.
    pub role_credentials: Vec<RemovedRoleCredentials>,
    /// Removed files with credentials of assumed roles.
    pub assumed_roles: Vec<RemovedAssumedRole>,
    /// Removed files with client registrations.
    pub registrations: Vec<EntryLocation>,
    /// Removed quarantined files, temporary files, and state files such as checkpoints of account
    /// listings.
    pub leftovers: Vec<EntryLocation>,
    /// Temporary files that are not removed because another process may still write them. They may
    /// contain a token.
    pub temporary_files: Vec<EntryLocation>,
    /// Files that are not removed because they belong to no known session.
    pub unattributed: Vec<EntryLocation>,
    /// Client registrations that are not removed for the same reason. They contain no token.
    pub unattributed_registrations: Vec<EntryLocation>,
    /// Corrupt files, and unreadable ones of other tools, that are not removed although they may contain a
    /// token or credentials.
    pub unreadable: Vec<CacheError>,
    /// Labels of the sessions that were not selected, have a token, and have the start URL of a
    /// session that was ended. They ended too if they belong to the same sign-in session of IAM
    /// Identity Center, which the tokens do not show.
    pub same_start_url: Vec<String>,
    /// Labels of the sessions with a sign-in in progress.
    pub sign_ins_in_progress: Vec<String>,
    /// Locks that other processes did not release in time. The files were removed all the same, and
    /// these processes do not write them again.
    pub held_locks: Vec<CacheError>,
    /// Errors that prevented the removal of a file, or after which a file may be written again, and files
    /// under the keys of sessions and roles that cannot be read or are too large to read.
    pub problems: Vec<Error>,
}

/// Token that a sign-out removes, or cannot remove.
#[derive(Debug)]
pub struct RemovedToken {
    /// Location of the token.
    pub location: EntryLocation,
    /// Name of its SSO session, if it is in the config file or was selected by its name.
    pub session: Option<SessionName>,
    /// Start URL of its session, if known.
    pub start_url: Option<StartUrl>,
    /// Region of its session, if known.
    pub region: Option<Region>,
    /// Outcome of the attempt to end the session; `None` for a plan.
    pub server: Option<RevocationOutcome>,
}

impl SignOut<'_> {
    /// Signs out of all cached sessions, including those that are not in the config file.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] if the directory of the tokens cannot be read. The report contains other errors.
    pub fn run_all(&self) -> Result<SignOutReport, Error> {
        self.end(self.all())
    }

    /// Signs out of `targets`.
    ///
    /// # Errors
    ///
    /// Those of [`run_all`](Self::run_all), and [`Error::Config`] for a profile that is not in the
    /// config file, a session that is neither there nor in the cache, or if the config file is
    /// required and unusable.
    pub fn run(&self, targets: &[SignOutTarget]) -> Result<SignOutReport, Error> {
        self.end(self.selection(targets)?)
    }

    /// Returns the expected report of [`run_all`](Self::run_all). Changes nothing and sends no
    /// request.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] if a directory cannot be read.
    pub fn plan_all(&self) -> Result<SignOutReport, Error> {
        self.list(self.all())
    }

    /// Returns the expected report of [`run`](Self::run). Changes nothing and sends no request.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run) and [`plan_all`](Self::plan_all).
    pub fn plan(&self, targets: &[SignOutTarget]) -> Result<SignOutReport, Error> {
        self.list(self.selection(targets)?)
    }

    fn selection(&self, targets: &[SignOutTarget]) -> Result<Selection<'_>, Error> {
        Selection::of(
            targets,
            self.all(),
            self.network.env,
            self.files,
            self.cache,
        )
    }

    fn all(&self) -> Selection<'_> {
        Selection::all(self.files, self.roles, self.assumed_roles)
    }

    fn list(&self, mut selection: Selection<'_>) -> Result<SignOutReport, Error> {
        let mut plan = SignOutReport::default();
        for file in selection.choose_tokens(self.cache)? {
            plan.tokens.push(selection.removed(&file, None));
        }
        self.list_related(&selection, &mut plan)?;
        Ok(plan)
    }

    fn end(&self, mut selection: Selection<'_>) -> Result<SignOutReport, Error> {
        let mut report = SignOutReport::default();
        let removal = Removal::from(self.cache);
        self.end_tokens(&removal, &mut selection, &mut report)?;
        let wait = self.cache.wait_for_writers(self.lock_timeout(&report));
        report.leftovers = wait.removed;
        report.temporary_files = wait.kept;
        wait.errors
            .into_iter()
            .for_each(|error| report.add_lock_error(error));
        if let Err(error) = self.list_related(&selection, &mut report) {
            report.problems.push(error);
        }
        remove_related(&removal, &mut report);
        removal.report_other_names();
        report.sign_ins_in_progress = selection.sign_ins_in_progress(self.cache);
        Ok(report)
    }

    /// Removes the tokens, and then ends the sessions, in one critical section. Holds the locks until
    /// the files are removed, so that a concurrent refresh completes before or finds no token.
    fn end_tokens(
        &self,
        removal: &Removal<'_>,
        selection: &mut Selection<'_>,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        let listed = selection.choose_tokens(self.cache)?;
        let locations: BTreeSet<_> = listed
            .into_iter()
            .map(|token| (token.key, token.location))
            .collect();
        let keys = locations.iter().filter_map(|(key, _)| key.as_ref());
        let keys = self.cache.with_different_locks(keys).into_iter();
        let _locks: Vec<_> = keys.filter_map(|key| self.locked(key, report)).collect();
        let mut files = selection.choose_tokens(self.cache)?;
        files.retain(|file| locations.contains(&(file.key.clone(), file.location.clone())));
        let _section = CriticalSection::begin();
        let problems = &mut report.problems;
        let mut endings = self.remove_and_end(removal, &files, selection, problems);
        let late = late_tokens(&files, &endings, self.cache, &**self.network.clock);
        self.end_again(removal, late, selection, &mut endings, problems);
        let restored = restored_tokens(&files, &endings, self.cache);
        self.end_again(removal, restored, selection, &mut endings, problems);
        for (file, ending) in files.iter().zip(endings) {
            let token = selection.removed(file, Some(ending.attempt.into_outcome()));
            if ending.is_removed {
                report.tokens.push(token);
            } else {
                report.kept_tokens.push(token);
            }
        }
        Ok(())
    }

    fn remove_and_end(
        &self,
        removal: &Removal<'_>,
        files: &[StoredToken],
        selection: &Selection<'_>,
        problems: &mut Vec<Error>,
    ) -> Vec<Ending> {
        let is_removed = |file: &StoredToken| removal.is_removed(&file.location, problems);
        let are_removed: Vec<_> = files.iter().map(is_removed).collect();
        let endings = self.revoke(files, selection).into_iter().zip(are_removed);
        endings
            .map(|(attempt, is_removed)| Ending {
                attempt,
                is_removed,
            })
            .collect()
    }

    /// Removes and ends tokens that other tools have saved since, each with its index in `endings`.
    fn end_again(
        &self,
        removal: &Removal<'_>,
        found: Vec<(usize, StoredToken)>,
        selection: &Selection<'_>,
        endings: &mut [Ending],
        problems: &mut Vec<Error>,
    ) {
        let (indices, tokens): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let later = self.remove_and_end(removal, &tokens, selection, problems);
        for (index, later) in indices.into_iter().zip(later) {
            endings[index].add(later);
        }
    }

    fn locked(
        &self,
        key: &CacheKey,
        report: &mut SignOutReport,
    ) -> Option<Locked<'_, CachedToken>> {
        let locked = self.cache.lock_token(key, self.lock_timeout(report));
        locked.map_err(|error| report.add_lock_error(error)).ok()
    }

    /// Returns the maximum wait for the next lock: none after a wait without success, so that many
    /// stopped processes do not multiply the wait.
    fn lock_timeout(&self, report: &SignOutReport) -> Duration {
        if report.held_locks.is_empty() {
            self.cache.lock_timeout().min(MAX_LOCK_WAIT)
        } else {
            Duration::ZERO
        }
    }

    /// Ends the sessions of `files`. Refreshes all expired tokens before the first session ends, because
    /// they may be of the same session, which would then refuse the refresh.
    fn revoke(&self, files: &[StoredToken], selection: &Selection<'_>) -> Vec<Attempt> {
        let sessions = files.iter().map(|file| {
            let mut network = self.network.clone();
            if let Some(profile) = selection.profile_of(file) {
                network.profile.clone_from(profile);
            }
            let session = selection.session_of(file);
            Session::new(file, selection.region_of(file), &network, session)
        });
        let sessions: Vec<_> = sessions.collect();
        let refreshed = threads::map(sessions.iter().collect(), Session::refresh_expired);
        let sessions = sessions.iter().zip(refreshed).collect();
        let mut attempts = threads::map(sessions, |(session, refreshed)| session.end(refreshed));
        let start_urls = files.iter().map(|file| selection.start_url_of(file));
        mark_ended_sessions(&start_urls.collect::<Vec<_>>(), &mut attempts);
        attempts
    }

    /// Lists also the files in the other directory if one cannot be read.
    fn list_related(
        &self,
        selection: &Selection<'_>,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        report
            .leftovers
            .extend(selection.quarantined_files(self.cache));
        report.leftovers.extend(selection.state_files(self.cache));
        let in_sso = self.list_in_sso(selection, report);
        in_sso.and(self.list_credentials(selection, report))
    }

    fn list_in_sso(
        &self,
        selection: &Selection<'_>,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        let ended = report.tokens.iter().chain(&report.kept_tokens);
        report.same_start_url = selection.same_start_url(self.cache, ended)?;
        report.unattributed = selection.unattributed_tokens(self.cache)?;
        if self.removes_registrations {
            selection.choose_registrations(self.cache, report)?;
            let state_files = selection.client_state_files(self.cache);
            report.leftovers.extend(state_files);
        }
        selection.choose_unreadable_tokens(self.cache, report)
    }

    fn list_credentials(
        &self,
        selection: &Selection<'_>,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        selection.choose_role_credentials(self.cache, report)?;
        selection.choose_assumed_roles(self.cache, report)
    }
}

impl SignOutReport {
    fn add_lock_error(&mut self, error: CacheError) {
        let is_same = |known: &CacheError| known.location() == error.location();
        let is_known = |known: &Error| matches!(known, Error::Cache(known) if is_same(known));
        if error.is_locked() && !self.held_locks.iter().any(is_same) {
            self.held_locks.push(error);
        } else if !error.is_locked() && !self.problems.iter().any(is_known) {
            self.problems.push(error.into());
        }
    }
}

impl RemovedToken {
    /// Returns the name of the session for messages, without control characters.
    #[must_use]
    pub fn label(&self) -> String {
        match (&self.session, &self.start_url) {
            (Some(name), _) => format!("SSO session {}", escaped(name.as_str())),
            (None, Some(url)) => format!("start URL {}", escaped(&url.to_string())),
            (None, None) => format!("the token {}", escaped(&self.location.to_string())),
        }
    }
}
