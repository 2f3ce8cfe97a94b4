//! SSO sessions in the config files, and the profiles that use them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use sso_types::{ProfileName, StartUrl};

use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::ConfigFiles;
use crate::profile::SsoProfile;
use crate::resolver::Resolver;
use crate::session::SsoSession;
use crate::sso_chain::SsoChain;

/// SSO sessions in the config files, and the profiles that use them.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ConfiguredSessions {
    /// The `[sso-session]` sections in file order, then one session for each start URL of legacy
    /// profiles.
    pub sessions: Vec<SsoSession>,
    /// Profiles with SSO keys of their own, in file order.
    pub profiles: Vec<SsoProfile>,
    /// Profiles that reach a session, directly or through other profiles, in file order. Empty without
    /// [`with_chains`](Self::with_chains).
    pub chains: Vec<SsoChain>,
    /// Errors in sections that cannot be used. An error of a session is included once, even if several
    /// profiles use the session.
    pub problems: Vec<Error>,
}

impl ConfiguredSessions {
    /// Reads all SSO sessions and SSO profiles in `files`. Skips other profiles.
    #[must_use]
    pub fn of(files: &ConfigFiles) -> Self {
        let mut configured = Self::default();
        let mut start_urls = HashSet::new();
        for name in files.sso_session_names() {
            match SsoSession::named(files, &name) {
                Ok(session) => configured.sessions.push(session),
                Err(error) => configured.problems.push(error),
            }
        }
        for name in files.profile_names() {
            match SsoProfile::load(files, &name) {
                Ok(profile) => configured.add(profile, &mut start_urls),
                Err(Error::NotSso { .. }) => {}
                Err(error) => configured.problems.push(of_profile(error, &name)),
            }
        }
        configured.with_distinct_problems()
    }

    /// Does the same as [`of`](Self::of), and reads the chain of each profile.
    #[must_use]
    pub fn with_chains(env: &AwsEnv, files: &ConfigFiles) -> Self {
        let mut configured = Self::of(files);
        let mut resolver = Resolver::new(env, files);
        for name in files.profile_names() {
            match resolver.load(&name) {
                Some(Ok(chain)) => configured.chains.push(chain),
                Some(Err(error)) => configured.problems.push(of_profile(error, &name)),
                None => {}
            }
        }
        configured.with_distinct_problems()
    }

    /// Returns `session` and all profiles with SSO keys of their own that use it.
    #[must_use]
    pub fn of_session(files: &ConfigFiles, session: SsoSession) -> Self {
        Self::of(files).only(session)
    }

    /// Returns `session` and the profiles that use it, without problems.
    #[must_use]
    pub fn only(mut self, session: SsoSession) -> Self {
        let is_same = |other: &SsoSession| other.shares_token_with(&session);
        self.profiles.retain(|profile| is_same(&profile.session));
        self.chains.retain(|chain| is_same(&chain.source.session));
        Self {
            sessions: vec![session],
            problems: Vec::new(),
            ..self
        }
    }

    /// Returns one profile and its session.
    #[must_use]
    pub fn of_chain(chain: SsoChain) -> Self {
        Self {
            sessions: vec![chain.source.session.clone()],
            chains: vec![chain],
            ..Self::default()
        }
    }

    /// Adds `problems`, except those of a cause that is already included.
    #[must_use]
    pub fn and_problems(mut self, problems: impl IntoIterator<Item = Error>) -> Self {
        self.problems.extend(problems);
        self.with_distinct_problems()
    }

    /// Keeps one error of each cause: one invalid profile affects all profiles whose chains contain it, and
    /// several profiles can refer to one unknown session.
    fn with_distinct_problems(mut self) -> Self {
        let (mut known, mut distinct) = (HashMap::new(), Vec::new());
        for error in std::mem::take(&mut self.problems) {
            let profiles = profiles_of(&error);
            match known.entry(cause(&error)) {
                Entry::Occupied(first) => {
                    let (_, all): &mut (Error, Vec<ProfileName>) = &mut distinct[*first.get()];
                    all.extend(profiles);
                }
                Entry::Vacant(new) => {
                    new.insert(distinct.len());
                    distinct.push((error, profiles));
                }
            }
        }
        let distinct = distinct.into_iter();
        self.problems = distinct
            .map(|(error, all)| of_profiles(error, all))
            .collect();
        self
    }

    /// Adds the profile, and its session if it is the first one with its legacy start URL.
    fn add(&mut self, profile: SsoProfile, start_urls: &mut HashSet<StartUrl>) {
        let session = &profile.session;
        if session.name.is_none() && start_urls.insert(session.start_url.clone()) {
            self.sessions.push(session.clone());
        }
        self.profiles.push(profile);
    }
}

/// Adds the profile that refers to an unknown session.
fn of_profile(error: Error, name: &ProfileName) -> Error {
    of_profiles(error, vec![name.clone()])
}

/// Sets the profiles that refer to an unknown session, each once.
fn of_profiles(mut error: Error, mut names: Vec<ProfileName>) -> Error {
    if let Error::UnknownSession { profiles, .. } = &mut error {
        let mut known = HashSet::new();
        names.retain(|name| known.insert(name.clone()));
        *profiles = names.as_slice().into();
    }
    error
}

fn profiles_of(error: &Error) -> Vec<ProfileName> {
    match error {
        Error::UnknownSession { profiles, .. } => profiles.iter().cloned().collect(),
        _ => Vec::new(),
    }
}

fn cause(error: &Error) -> String {
    match error.root() {
        Error::UnknownSession { session, .. } => format!("sso-session {session}"),
        // Each profile of a cycle finds it at another location.
        Error::Cycle { profiles, .. } => {
            let members: BTreeSet<_> = members_of_cycle(profiles).iter().collect();
            format!("{members:?}")
        }
        error => error.to_string(),
    }
}

/// Returns the profiles from the first occurrence of the last one.
fn members_of_cycle(profiles: &[ProfileName]) -> &[ProfileName] {
    let start = profiles
        .iter()
        .position(|name| Some(name) == profiles.last());
    &profiles[start.unwrap_or(0)..]
}
