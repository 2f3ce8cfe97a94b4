//! Which files belong to what is signed out of.

use std::collections::{BTreeMap, BTreeSet};

use sso_config::{ConfigFiles, ConfiguredSessions, SsoProfile, SsoSession};
use sso_types::{ClientId, ProfileName, Region, StartUrl};
use token_cache::scan::{StoredRoleCredentials, StoredToken};
use token_cache::{CacheError, CacheKey, EntryLocation, TokenCache};

use super::{RemovedToken, RevocationOutcome, SignOutReport, SignOutTarget};
use crate::error::Error;
use crate::keys::SessionKeys;

/// The suffix of the checkpoints of account listings, state files of the cache.
pub const CHECKPOINT_SUFFIX: &str = "accounts";

/// What is signed out of, and what is known of it.
pub(super) struct Selection<'a> {
    configured: ConfiguredSessions,
    /// Whether it is all that there is.
    is_everything: bool,
    /// The keys of the tokens.
    token_keys: BTreeSet<CacheKey>,
    start_urls: Vec<StartUrl>,
    /// The selected profiles, by the key of their token.
    profiles: BTreeMap<CacheKey, ProfileName>,
    /// The clients that the tokens were issued to.
    clients: BTreeSet<ClientId>,
    /// The keys of the role credentials of all profiles, with those of their tokens.
    role_keys: &'a BTreeMap<CacheKey, CacheKey>,
}

impl<'a> Selection<'a> {
    pub(super) fn everything(
        files: &ConfigFiles,
        role_keys: &'a BTreeMap<CacheKey, CacheKey>,
    ) -> Self {
        let configured = ConfiguredSessions::of(files);
        Self {
            token_keys: configured
                .sessions
                .iter()
                .map(SsoSession::token_key)
                .collect(),
            role_keys,
            configured,
            is_everything: true,
            start_urls: Vec::new(),
            profiles: BTreeMap::new(),
            clients: BTreeSet::new(),
        }
    }

    pub(super) fn of(
        these: &[SignOutTarget],
        files: &ConfigFiles,
        role_keys: &'a BTreeMap<CacheKey, CacheKey>,
        cache: &TokenCache,
    ) -> Result<Self, Error> {
        let mut selection = Self {
            is_everything: false,
            token_keys: BTreeSet::new(),
            ..Self::everything(files, role_keys)
        };
        for one in these {
            selection.add(one, files, cache)?;
        }
        Ok(selection)
    }

    fn add(
        &mut self,
        one: &SignOutTarget,
        files: &ConfigFiles,
        cache: &TokenCache,
    ) -> Result<(), Error> {
        match one {
            SignOutTarget::Profile(name) => {
                let key = SsoProfile::load(files, name)?.session.token_key();
                self.profiles.insert(key.clone(), name.clone());
                self.token_keys.insert(key);
            }
            SignOutTarget::Session(name) => {
                let key = CacheKey::session_token(name);
                if !cache.has_token(&key) {
                    SsoSession::named(files, name)?;
                }
                self.token_keys.insert(key);
            }
            SignOutTarget::StartUrl(url) => {
                let sessions = self.configured.sessions.iter();
                let there = sessions.filter(|session| is_same_place(&session.start_url, url));
                self.token_keys.extend(there.map(SsoSession::token_key));
                self.token_keys.insert(CacheKey::legacy_token(url));
                self.start_urls.push(url.clone());
            }
        }
        Ok(())
    }

    /// Returns the files with the tokens, in the order of their names, and keeps in mind whose
    /// they are.
    pub(super) fn choose_tokens(&mut self, cache: &TokenCache) -> Result<Vec<StoredToken>, Error> {
        let mut files = cache.scan_tokens()?.entries;
        files.retain(|file| self.takes(file));
        self.token_keys
            .extend(files.iter().filter_map(|file| file.key.clone()));
        self.clients
            .extend(files.iter().filter_map(|file| file.client_id.clone()));
        Ok(files)
    }

    fn takes(&self, file: &StoredToken) -> bool {
        let is_there = |url| is_same_place(&file.start_url, url);
        self.is_everything || self.has(file.key.as_ref()) || self.start_urls.iter().any(is_there)
    }

    fn has(&self, token_key: Option<&CacheKey>) -> bool {
        token_key.is_some_and(|key| self.token_keys.contains(key))
    }

    pub(super) fn ended(
        &self,
        file: &StoredToken,
        server: Option<RevocationOutcome>,
    ) -> RemovedToken {
        let session = self.session_of(file);
        RemovedToken {
            location: file.location.clone(),
            session: session.and_then(|session| session.name.clone()),
            start_url: file.start_url.clone(),
            region: self.region_of(file),
            server,
        }
    }

    /// Returns the region that the token was issued in.
    pub(super) fn region_of(&self, file: &StoredToken) -> Option<Region> {
        let configured = || Some(self.session_of(file)?.region.clone());
        file.region.clone().or_else(configured)
    }

    /// Returns the selected profile that the token belongs to.
    pub(super) fn profile_of(&self, file: &StoredToken) -> Option<&ProfileName> {
        self.profiles.get(file.key.as_ref()?)
    }

    pub(super) fn session_of(&self, file: &StoredToken) -> Option<&SsoSession> {
        let key = file.key.as_ref()?;
        let mut sessions = self.configured.sessions.iter();
        sessions.find(|session| session.token_key() == *key)
    }

    pub(super) fn choose_role_credentials(
        &self,
        cache: &TokenCache,
        to: &mut SignOutReport,
    ) -> Result<(), Error> {
        let found = cache.scan_role_credentials()?;
        for file in found.entries {
            match self.token_key_of(&file) {
                _ if self.is_everything => to.role_credentials.push(file.location),
                Some(key) if self.has(Some(key)) => to.role_credentials.push(file.location),
                Some(_) => {}
                None => to.unattributed.push(file.location),
            }
        }
        let may_be_ours = |key: &CacheKey| self.has(self.role_keys.get(key));
        let unreadable = found.unreadable.into_iter();
        to.unreadable
            .extend(unreadable.filter(|error| self.is_everything || has_key(error, may_be_ours)));
        Ok(())
    }

    /// Returns the key of the token that the credentials were had with: the file tells, or the
    /// config has the role.
    fn token_key_of<'f>(&'f self, file: &'f StoredRoleCredentials) -> Option<&'f CacheKey> {
        let of_role = || self.role_keys.get(file.key.as_ref()?);
        file.token_key.as_ref().or_else(of_role)
    }

    pub(super) fn choose_registrations(
        &self,
        cache: &TokenCache,
        to: &mut SignOutReport,
    ) -> Result<(), Error> {
        let sessions = self.configured.sessions.iter();
        let selected = sessions.filter(|session| self.has(Some(&session.token_key())));
        let keys: BTreeSet<_> = selected.map(SsoSession::registration_key).collect();
        for file in cache.scan_registrations()?.entries {
            let is_of_session = file.key.is_some_and(|key| keys.contains(&key));
            if is_of_session || self.clients.contains(&file.client_id) {
                to.registrations.push(file.location);
            } else if self.is_everything {
                to.unattributed.push(file.location);
            }
        }
        Ok(())
    }

    pub(super) fn unreadable_tokens(&self, cache: &TokenCache) -> Result<Vec<CacheError>, Error> {
        let mut unreadable = cache.scan_tokens()?.unreadable;
        let may_be_ours = |key: &CacheKey| self.has(Some(key));
        unreadable.retain(|error| self.is_everything || has_key(error, may_be_ours));
        Ok(unreadable)
    }

    pub(super) fn quarantined_files(&self, cache: &TokenCache) -> Vec<EntryLocation> {
        let is_ours = |key: &CacheKey| self.has(Some(key)) || self.has(self.role_keys.get(key));
        let files = cache.quarantined_files().into_iter();
        files
            .filter(|(key, _)| self.is_everything || is_ours(key))
            .map(|(_, location)| location)
            .collect()
    }

    /// Returns what listings that did not come to their end have kept.
    pub(super) fn listings(&self, cache: &TokenCache) -> Vec<EntryLocation> {
        let listings = cache.state_files(CHECKPOINT_SUFFIX).into_iter();
        let ours = listings.filter(|(key, _)| self.is_everything || self.has(Some(key)));
        ours.map(|(_, location)| location).collect()
    }

    pub(super) fn being_signed_in_to(&self, cache: &TokenCache) -> Vec<String> {
        let sessions = self.configured.sessions.iter();
        sessions
            .filter(|session| self.has(Some(&session.token_key())))
            .filter(|session| cache.is_login_locked(&session.token_key()))
            .map(SsoSession::label)
            .collect()
    }
}

/// `…/start`, `…/start/` and `…/start#/` are one place.
fn is_same_place(one: &StartUrl, other: &StartUrl) -> bool {
    let [one, other] = [one, other].map(|url| url.as_str().trim_end_matches(['/', '#']));
    one == other
}

fn has_key(error: &CacheError, is_ours: impl Fn(&CacheKey) -> bool) -> bool {
    error.location().key().is_some_and(|key| is_ours(&key))
}
