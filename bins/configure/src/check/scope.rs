//! The input of the rules.

use std::path::Path;

use aws_config_parse::Document;
use cli_ux::{Failure, Program};
use sso_config::ConfiguredSessions;
use sso_credentials::{Aws, Error};

use super::cache_files::CacheFiles;

/// The text of the config file or of the credentials file. It may be invalid.
pub(super) struct TextFile<'a> {
    pub(super) path: &'a Path,
    pub(super) document: &'a Document,
}

/// The valid files, the sessions and profiles in them, and the caches.
pub(super) struct Scope<'a> {
    /// The program, whose family the hints name.
    pub(super) program: &'a Program,
    /// Text of the config file.
    pub(super) config: &'a Document,
    /// The files, the read-only caches, and the services with short timeouts.
    pub(super) aws: Aws,
    pub(super) configured: ConfiguredSessions,
    pub(super) cache_files: CacheFiles,
}

impl TextFile<'_> {
    /// Returns the location of a line.
    pub(super) fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

impl<'a> Scope<'a> {
    /// Reads the sessions and profiles from the files, and lists the entries of the caches.
    ///
    /// # Errors
    ///
    /// If a directory of the caches cannot be read.
    pub(super) fn new(
        program: &'a Program,
        config: &'a Document,
        aws: Aws,
    ) -> Result<Self, Failure> {
        Ok(Self {
            program,
            config,
            configured: ConfiguredSessions::of(aws.files()),
            cache_files: CacheFiles::list(aws.cache()).map_err(Error::from)?,
            aws,
        })
    }
}
