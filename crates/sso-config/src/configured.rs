//! SSO sessions in the config files, and the profiles that use them.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::files::ConfigFiles;
use crate::profile::SsoProfile;
use crate::session::SsoSession;

/// SSO sessions in the config files, and the profiles that use them.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ConfiguredSessions {
    /// The `[sso-session]` sections in file order, then one session for each start URL of legacy
    /// profiles.
    pub sessions: Vec<SsoSession>,
    /// Profiles that get their credentials through IAM Identity Center, in file order.
    pub profiles: Vec<SsoProfile>,
    /// Errors in sections that cannot be used. An error of a session is included once, even if several
    /// profiles use the session.
    pub problems: Vec<Error>,
}

impl ConfiguredSessions {
    /// Reads all SSO sessions and SSO profiles in `files`. Skips other profiles.
    #[must_use]
    pub fn of(files: &ConfigFiles) -> Self {
        let mut configured = Self::default();
        for name in files.sso_session_names() {
            match SsoSession::named(files, &name) {
                Ok(session) => configured.sessions.push(session),
                Err(error) => configured.problems.push(error),
            }
        }
        for name in files.profile_names() {
            match SsoProfile::load(files, &name) {
                Ok(profile) => configured.add(profile),
                Err(Error::NotSso { .. }) => {}
                Err(error) => configured.problems.push(error),
            }
        }
        let mut known = BTreeSet::new();
        let is_new = |error: &Error| known.insert(error.to_string());
        configured.problems.retain(is_new);
        configured
    }

    /// Returns `session` and all profiles that use it.
    #[must_use]
    pub fn of_session(files: &ConfigFiles, session: SsoSession) -> Self {
        let mut profiles = Self::of(files).profiles;
        profiles.retain(|profile| profile.session.shares_token_with(&session));
        Self {
            sessions: vec![session],
            profiles,
            problems: Vec::new(),
        }
    }

    /// Returns `profile` and its session.
    #[must_use]
    pub fn of_profile(profile: SsoProfile) -> Self {
        Self {
            sessions: vec![profile.session.clone()],
            profiles: vec![profile],
            problems: Vec::new(),
        }
    }

    fn add(&mut self, profile: SsoProfile) {
        let session = &profile.session;
        let is_known = || {
            let mut sessions = self.sessions.iter();
            sessions.any(|known| known.shares_token_with(session))
        };
        if session.name.is_none() && !is_known() {
            self.sessions.push(session.clone());
        }
        self.profiles.push(profile);
    }
}
