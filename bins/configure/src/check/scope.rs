//! The input of the rules.

use std::collections::{BTreeSet, HashMap};

use aws_config_parse::Document;
use cli_ux::{Failure, Program};
use sso_config::{ConfiguredSessions, Location, SsoSession};
use sso_credentials::Aws;
use sso_session::keys::SessionKeys as _;
use token_cache::CacheKey;

use super::affected::Affected;
use super::cache_files::CacheFiles;
use super::chains::Chains;
use super::modes::FileSystems;

/// Valid config files, their sessions and profiles, and the caches.
pub(super) struct Scope<'a> {
    pub(super) program: &'a Program,
    pub(super) config: &'a Document,
    /// Files, read-only caches, and services with short timeouts.
    pub(super) aws: Aws,
    pub(super) configured: ConfiguredSessions,
    pub(super) chains: Chains,
    pub(super) affected: &'a Affected,
    /// Names of the profiles that sign in, by the key of their token.
    users: HashMap<CacheKey, Vec<String>>,
    pub(super) cache_files: CacheFiles,
    pub(super) file_systems: FileSystems,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        program: &'a Program,
        config: &'a Document,
        affected: &'a Affected,
        aws: Aws,
    ) -> Result<Self, Failure> {
        let configured = ConfiguredSessions::of(aws.files());
        let mut users: HashMap<_, Vec<_>> = HashMap::new();
        for profile in &configured.profiles {
            let names = users.entry(profile.session.token_key()).or_default();
            names.push(profile.name.as_str().to_owned());
        }
        Ok(Self {
            program,
            config,
            affected,
            configured,
            chains: Chains::of(aws.env(), aws.files()),
            users,
            cache_files: CacheFiles::list(aws.cache(), aws.env().aws_dir()?),
            file_systems: FileSystems::default(),
            aws,
        })
    }

    /// Returns the location of a key of a session, in its section or its legacy profile.
    pub(super) fn location_in(&self, session: &SsoSession, key: &str) -> Option<Location> {
        let files = self.aws.files();
        let property = match (&session.name, &session.profile) {
            (Some(name), _) => files.sso_session(name.as_str())?.get(key),
            (None, Some(profile)) => files.profile(profile)?.get(key),
            (None, None) => None,
        };
        Some(files.location_of(&property?))
    }

    /// Returns the profiles that use a session.
    pub(super) fn profiles_of(&self, session: &SsoSession) -> BTreeSet<String> {
        let users = self.users.get(&session.token_key());
        let names = users.into_iter().flatten().cloned();
        self.affected.by_profiles(names)
    }
}
