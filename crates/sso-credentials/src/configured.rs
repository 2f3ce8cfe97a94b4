//! Every sign-in that the config knows.

use sso_types::ProfileName;
use token_cache::CacheKey;

use crate::{ConfigFiles, Error, SsoProfile, SsoSession};

/// The sessions of the config and the profiles that use them.
#[derive(Debug)]
pub struct Configured {
    /// The `[sso-session]` sections in their order, then the start URLs of legacy profiles, each
    /// once.
    pub sessions: Vec<SsoSession>,
    /// The profiles that get their credentials through IAM Identity Center, in their order.
    pub profiles: Vec<SsoProfile>,
    /// Why other sections cannot be used.
    pub problems: Vec<Error>,
}

impl Configured {
    /// Reads all that `files` say. Profiles of another kind are passed over.
    #[must_use]
    pub fn of(files: &ConfigFiles) -> Self {
        let mut configured = Self {
            sessions: Vec::new(),
            profiles: Vec::new(),
            problems: Vec::new(),
        };
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
        configured
    }

    /// Returns the session whose token has this key.
    #[must_use]
    pub fn session(&self, token_key: &CacheKey) -> Option<&SsoSession> {
        let has_key = |session: &&SsoSession| session.token_key() == *token_key;
        self.sessions.iter().find(has_key)
    }

    /// Returns the first profile that uses the token with this key: its settings say how the
    /// services are reached.
    #[must_use]
    pub fn profile_of(&self, token_key: &CacheKey) -> Option<&ProfileName> {
        let uses_key = |profile: &&SsoProfile| profile.session.token_key() == *token_key;
        Some(&self.profiles.iter().find(uses_key)?.name)
    }

    fn add(&mut self, profile: SsoProfile) {
        let is_known = || self.session(&profile.session.token_key()).is_some();
        if profile.session.name.is_none() && !is_known() {
            self.sessions.push(profile.session.clone());
        }
        self.profiles.push(profile);
    }
}
