//! The input of the rules.

use std::path::Path;

use aws_config_parse::Document;
use cli_ux::{Failure, Program};
use sso_config::ConfiguredSessions;
use sso_credentials::{Aws, Error};

use super::cache_files::CacheFiles;
use super::modes::FileSystems;

/// Text of the config file or the credentials file, possibly invalid.
pub(super) struct TextFile<'a> {
    pub(super) path: &'a Path,
    /// The file in UTF-8.
    pub(super) document: &'a Document,
    /// The file in its encoding.
    pub(super) original: &'a Document,
}

/// Valid config files, their sessions and profiles, and the caches.
pub(super) struct Scope<'a> {
    pub(super) program: &'a Program,
    pub(super) config: &'a Document,
    /// Files, read-only caches, and services with short timeouts.
    pub(super) aws: Aws,
    pub(super) configured: ConfiguredSessions,
    pub(super) cache_files: CacheFiles,
    pub(super) file_systems: FileSystems,
}

impl TextFile<'_> {
    pub(super) fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

impl<'a> Scope<'a> {
    /// Fails if a cache directory cannot be read.
    pub(super) fn new(
        program: &'a Program,
        config: &'a Document,
        aws: Aws,
    ) -> Result<Self, Failure> {
        Ok(Self {
            program,
            config,
            configured: ConfiguredSessions::of(aws.files()),
            cache_files: CacheFiles::list(aws.cache(), aws.env().aws_dir()?)
                .map_err(Error::from)?,
            file_systems: FileSystems::default(),
            aws,
        })
    }
}
