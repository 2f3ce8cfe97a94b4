//! Selection of the cached files of the sessions to sign out of.

use std::collections::{BTreeMap, BTreeSet};

use sso_config::{AwsEnv, ConfigFiles, ConfiguredSessions, SsoChain, SsoSession};
use sso_types::{ClientId, ProfileName, Region, SessionName, StartUrl};
use token_cache::failed_refresh::FAILED_REFRESH_SUFFIX;
use token_cache::last_sign_in::LAST_SIGN_IN_SUFFIX;
use token_cache::refusal::REFUSAL_SUFFIX;
use token_cache::resolved_region::RESOLVED_REGION_SUFFIX;
use token_cache::scan::{StoredRoleCredentials, StoredToken};
use token_cache::unconfirmed_client::UNCONFIRMED_CLIENT_SUFFIX;
use token_cache::{CacheKey, EntryLocation, TokenCache};

use super::assumed_roles::{AssumedRoleOrigins, Attribution, RemovedAssumedRole, attribute};
use super::role_credentials::{RemovedRoleCredentials, RoleOrigins};
use super::unreadable::{has_key, is_empty};
use super::{RemovedToken, RevocationOutcome, SignOutReport, SignOutTarget};
use crate::error::Error;
use crate::keys::SessionKeys;
use crate::start_url::is_same_start_url;

/// Suffix of the checkpoints of account listings, which are state files of the cache.
pub const CHECKPOINT_SUFFIX: &str = "accounts";

/// Suffix of complete account listings, which are state files of the cache.
pub const LISTING_SUFFIX: &str = "listing";

pub(super) struct Selection<'a> {
    configured: ConfiguredSessions,
    is_config_known: bool,
    is_all: bool,
    token_keys: BTreeSet<CacheKey>,
    start_urls: Vec<StartUrl>,
    /// Names of the sessions that were selected by name, by the key of their token.
    names: BTreeMap<CacheKey, SessionName>,
    /// Selected profiles, by the key of their token.
    profiles: BTreeMap<CacheKey, ProfileName>,
    clients: BTreeSet<ClientId>,
    /// Keys of the registrations for the selected tokens of start URLs, which need not be in the config file.
    registration_keys: BTreeSet<CacheKey>,
    roles: &'a BTreeMap<CacheKey, RoleOrigins>,
    assumed_roles: &'a BTreeMap<CacheKey, AssumedRoleOrigins>,
}

impl<'a> Selection<'a> {
    pub(super) fn all(
        files: &ConfigFiles,
        roles: &'a BTreeMap<CacheKey, RoleOrigins>,
        assumed_roles: &'a BTreeMap<CacheKey, AssumedRoleOrigins>,
    ) -> Self {
        let configured = ConfiguredSessions::of(files);
        Self {
            token_keys: configured
                .sessions
                .iter()
                .map(SsoSession::token_key)
                .collect(),
            roles,
            assumed_roles,
            configured,
            is_config_known: files.check_config().is_ok(),
            is_all: true,
            start_urls: Vec::new(),
            names: BTreeMap::new(),
            profiles: BTreeMap::new(),
            clients: BTreeSet::new(),
            registration_keys: BTreeSet::new(),
        }
    }

    pub(super) fn of(
        targets: &[SignOutTarget],
        all: Self,
        env: &AwsEnv,
        files: &ConfigFiles,
        cache: &TokenCache,
    ) -> Result<Self, Error> {
        let mut selection = Self {
            is_all: false,
            token_keys: BTreeSet::new(),
            ..all
        };
        for target in targets {
            selection.add(target, env, files, cache)?;
        }
        Ok(selection)
    }

    fn add(
        &mut self,
        target: &SignOutTarget,
        env: &AwsEnv,
        files: &ConfigFiles,
        cache: &TokenCache,
    ) -> Result<(), Error> {
        match target {
            SignOutTarget::Profile(name) => {
                files.check_config()?;
                let chain = SsoChain::load(env, files, name);
                let chain = chain.map_err(|error| files.explain(error))?;
                let key = chain.source.session.token_key();
                self.profiles.insert(key.clone(), name.clone());
                self.token_keys.insert(key);
            }
            SignOutTarget::Session(name) => {
                let key = CacheKey::session_token(name);
                if !cache.has_token(&key) {
                    files.check_config()?;
                    SsoSession::named(files, name)?;
                }
                self.names.insert(key.clone(), name.clone());
                self.token_keys.insert(key);
            }
            SignOutTarget::StartUrl(url) => {
                let sessions = self.configured.sessions.iter();
                let selected =
                    sessions.filter(|session| is_same_start_url(&session.start_url, url));
                self.token_keys.extend(selected.map(SsoSession::token_key));
                self.token_keys.insert(CacheKey::legacy_token(url));
                self.start_urls.push(url.clone());
            }
        }
        Ok(())
    }

    /// Returns the selected tokens, sorted by file name, and records their keys and clients.
    pub(super) fn choose_tokens(&mut self, cache: &TokenCache) -> Result<Vec<StoredToken>, Error> {
        let mut files = cache.scan_tokens()?.entries;
        files.retain(|file| self.selects(file));
        self.token_keys
            .extend(files.iter().filter_map(|file| file.key.clone()));
        self.clients
            .extend(files.iter().filter_map(|file| file.client_id.clone()));
        self.registration_keys
            .extend(files.iter().filter_map(registration_key_of));
        Ok(files)
    }

    /// Under the key of a session, tools accept a token without a start URL.
    fn selects(&self, file: &StoredToken) -> bool {
        if self.has(file.key.as_ref()) {
            return true;
        }
        let Some(start_url) = &file.start_url else {
            return false;
        };
        let is_same = |url| is_same_start_url(start_url, url);
        self.is_all || self.start_urls.iter().any(is_same)
    }

    /// Returns the tokens of which neither the session nor the start URL is known, for a sign-out of
    /// all sessions.
    pub(super) fn unattributed_tokens(
        &self,
        cache: &TokenCache,
    ) -> Result<Vec<EntryLocation>, Error> {
        let tokens = cache.scan_tokens()?.entries.into_iter();
        let is_usable = |token: &StoredToken| token.expires_at.is_some();
        let tokens = tokens.filter(|token| self.is_all && is_usable(token) && !self.selects(token));
        Ok(tokens.map(|token| token.location).collect())
    }

    /// Returns the labels of the tokens that are not selected and have the start URL of a session
    /// of `removed` that was ended, or would be.
    pub(super) fn same_start_url<'t>(
        &self,
        cache: &TokenCache,
        removed: impl Iterator<Item = &'t RemovedToken>,
    ) -> Result<Vec<String>, Error> {
        let ended =
            removed.filter(|token| matches!(token.server, None | Some(RevocationOutcome::Ended)));
        let ended: Vec<_> = ended.filter_map(|token| token.start_url.as_ref()).collect();
        let kept = cache.scan_tokens()?.entries.into_iter();
        let kept = kept.filter(|file| !self.selects(file));
        let kept = kept.map(|file| self.removed(&file, None));
        let kept = kept.filter(|token| {
            let url = token.start_url.as_ref();
            url.is_some_and(|url| ended.iter().any(|it| is_same_start_url(url, it)))
        });
        let labels: BTreeSet<_> = kept.map(|token| token.label()).collect();
        Ok(labels.into_iter().collect())
    }

    fn has(&self, token_key: Option<&CacheKey>) -> bool {
        token_key.is_some_and(|key| self.token_keys.contains(key))
    }

    pub(super) fn removed(
        &self,
        file: &StoredToken,
        server: Option<RevocationOutcome>,
    ) -> RemovedToken {
        let session = self.session_of(file);
        let selected = || self.names.get(file.key.as_ref()?);
        RemovedToken {
            location: file.location.clone(),
            session: session
                .map_or_else(selected, |session| session.name.as_ref())
                .cloned(),
            start_url: self.start_url_of(file).cloned(),
            region: self.region_of(file),
            server,
        }
    }

    pub(super) fn start_url_of<'f>(&'f self, file: &'f StoredToken) -> Option<&'f StartUrl> {
        let configured = || self.session_of(file).map(|session| &session.start_url);
        let selected = || {
            let mut urls = self.start_urls.iter();
            urls.find(|url| file.key == Some(CacheKey::legacy_token(url)))
        };
        let written = file.start_url.as_ref();
        written.or_else(configured).or_else(selected)
    }

    pub(super) fn region_of(&self, file: &StoredToken) -> Option<Region> {
        let configured = || Some(self.session_of(file)?.region.clone());
        file.region.clone().or_else(configured)
    }

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
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        let found = cache.scan_role_credentials(|key| self.roles.contains_key(key))?;
        for file in found.entries {
            let is_selected = match self.token_key_of(&file) {
                Some(key) => Some(self.is_all || self.has(Some(key))),
                None => (self.is_all && file.is_from_portal).then_some(true),
            };
            match is_selected {
                Some(true) => {
                    let removed = RemovedRoleCredentials::new(file, self.roles);
                    report.role_credentials.push(removed);
                }
                Some(false) => {}
                None => report.unattributed.push(file.location),
            }
        }
        let is_selected = |key: &CacheKey| {
            self.has(self.token_key_of_role(key))
                || self.attribute(Some(key), None) != Attribution::Other
        };
        let unreadable = found.unreadable.into_iter();
        let unreadable = unreadable
            .filter(|error| self.is_all || has_key(error, is_selected))
            .collect();
        let is_role =
            |key: &CacheKey| self.roles.contains_key(key) || self.assumed_roles.contains_key(key);
        report.add_unreadable(unreadable, is_role);
        Ok(())
    }

    pub(super) fn choose_assumed_roles(
        &self,
        cache: &TokenCache,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        let is_role = |key: &CacheKey| self.assumed_roles.contains_key(key);
        for file in cache.scan_assumed_roles(is_role)?.entries {
            match self.attribute(file.key.as_ref(), file.token_key.as_ref()) {
                Attribution::Selected => {
                    let removed = RemovedAssumedRole::new(file, self.assumed_roles);
                    report.assumed_roles.push(removed);
                }
                Attribution::Ambiguous => report.unattributed.push(file.location),
                Attribution::Other => {}
            }
        }
        Ok(())
    }

    fn attribute(&self, key: Option<&CacheKey>, recorded: Option<&CacheKey>) -> Attribution {
        let is_selected = |token_key: &CacheKey| self.is_all || self.has(Some(token_key));
        match attribute(key, recorded, self.assumed_roles, is_selected) {
            Attribution::Other if recorded.is_none() && !self.is_config_known => {
                Attribution::Ambiguous
            }
            attribution => attribution,
        }
    }

    /// Returns the key of the token that the request for the credentials used: from the file, or
    /// else from the profile.
    fn token_key_of<'f>(&'f self, file: &'f StoredRoleCredentials) -> Option<&'f CacheKey> {
        let of_role = || self.token_key_of_role(file.key.as_ref()?);
        file.token_key.as_ref().or_else(of_role)
    }

    fn token_key_of_role(&self, key: &CacheKey) -> Option<&CacheKey> {
        self.roles.get(key).map(|origins| &origins.token_key)
    }

    pub(super) fn choose_registrations(
        &self,
        cache: &TokenCache,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        let sessions = self.configured.sessions.iter();
        let selected = sessions.filter(|session| self.has(Some(&session.token_key())));
        let mut keys: BTreeSet<_> = selected.map(SsoSession::registration_key).collect();
        keys.extend(self.registration_keys.iter().cloned());
        for file in cache.scan_registrations()?.entries {
            let is_of_session = file.key.is_some_and(|key| keys.contains(&key));
            if is_of_session || self.clients.contains(&file.client_id) {
                report.registrations.push(file.location);
            } else if self.is_all {
                report.unattributed_registrations.push(file.location);
            }
        }
        Ok(())
    }

    pub(super) fn choose_unreadable_tokens(
        &self,
        cache: &TokenCache,
        report: &mut SignOutReport,
    ) -> Result<(), Error> {
        let mut unreadable = cache.scan_tokens()?.unreadable;
        let is_selected = |key: &CacheKey| self.has(Some(key));
        unreadable.retain(|error| self.is_all || has_key(error, is_selected));
        // A sign-out empties a token file that it cannot remove, such as a mount point.
        unreadable.retain(|error| !is_empty(error));
        report.add_unreadable(unreadable, is_selected);
        Ok(())
    }

    pub(super) fn quarantined_files(&self, cache: &TokenCache) -> Vec<EntryLocation> {
        let is_selected = |key: &CacheKey| {
            self.has(Some(key))
                || self.has(self.token_key_of_role(key))
                || self.attribute(Some(key), None) == Attribution::Selected
        };
        let files = cache.quarantined_files().into_iter();
        files
            .filter(|(key, _)| self.is_all || is_selected(key))
            .map(|(_, location)| location)
            .collect()
    }

    /// Returns the state files of the selected tokens: account listings and their checkpoints, failed
    /// refreshes, refusals, resolved Regions.
    pub(super) fn state_files(&self, cache: &TokenCache) -> Vec<EntryLocation> {
        self.state_files_with(
            &[
                CHECKPOINT_SUFFIX,
                FAILED_REFRESH_SUFFIX,
                LAST_SIGN_IN_SUFFIX,
                LISTING_SUFFIX,
                REFUSAL_SUFFIX,
                RESOLVED_REGION_SUFFIX,
            ],
            cache,
        )
    }

    /// Returns the state files about the clients of the selected tokens.
    pub(super) fn client_state_files(&self, cache: &TokenCache) -> Vec<EntryLocation> {
        self.state_files_with(&[UNCONFIRMED_CLIENT_SUFFIX], cache)
    }

    fn state_files_with(&self, suffixes: &[&str], cache: &TokenCache) -> Vec<EntryLocation> {
        let files = suffixes.iter().flat_map(|suffix| cache.state_files(suffix));
        files
            .filter(|(key, _)| self.is_all || self.has(Some(key)))
            .map(|(_, location)| location)
            .collect()
    }

    pub(super) fn sign_ins_in_progress(&self, cache: &TokenCache) -> Vec<String> {
        let sessions = self.configured.sessions.iter();
        sessions
            .filter(|session| self.has(Some(&session.token_key())))
            .filter(|session| cache.is_login_locked(&session.token_key()))
            .map(SsoSession::label)
            .collect()
    }
}

/// Returns the key of the registration for a token of a start URL. Such a token need not contain its client.
fn registration_key_of(file: &StoredToken) -> Option<CacheKey> {
    let start_url = file.start_url.as_ref()?;
    let is_of_start_url = file.key.as_ref() == Some(&CacheKey::legacy_token(start_url));
    let region = file.region.as_ref().filter(|_| is_of_start_url)?;
    Some(CacheKey::registration(region, None, None, start_url))
}
