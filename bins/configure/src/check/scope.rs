//! The input of the rules.

use std::collections::BTreeSet;

use aws_config_parse::Document;
use cli_ux::{Failure, Program};
use sso_config::{ConfiguredSessions, Location, SsoSession};
use sso_credentials::Aws;

use super::affected::Affected;
use super::cache_files::CacheFiles;
use super::modes::FileSystems;

/// Valid config files, their sessions and profiles, and the caches.
pub(super) struct Scope<'a> {
    pub(super) program: &'a Program,
    pub(super) config: &'a Document,
    /// Files, read-only caches, and services with short timeouts.
    pub(super) aws: Aws,
    pub(super) configured: ConfiguredSessions,
    pub(super) affected: &'a Affected<'a>,
    pub(super) cache_files: CacheFiles,
    pub(super) file_systems: FileSystems,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        program: &'a Program,
        config: &'a Document,
        affected: &'a Affected<'a>,
        aws: Aws,
    ) -> Result<Self, Failure> {
        Ok(Self {
            program,
            config,
            affected,
            configured: ConfiguredSessions::of(aws.files()),
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
        let profiles = self.configured.profiles.iter();
        let users = profiles.filter(|profile| profile.session.shares_token_with(session));
        let users = users.flat_map(|profile| self.affected.by_profile(profile.name.as_str()));
        users.collect()
    }
}
