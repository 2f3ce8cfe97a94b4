//! The input of the rules.

use std::path::Path;

use aws_config_parse::Document;
use cli_ux::Failure;
use sso_credentials::{ConfigFiles, Configured, Error, TokenCache};

use super::cache_files::CacheFiles;
use crate::context::Context;

/// The text of the config file or of the credentials file. It may be invalid.
pub(super) struct TextFile<'a> {
    pub(super) path: &'a Path,
    pub(super) document: &'a Document,
}

/// The valid files, the sessions and profiles in them, and the caches.
pub(super) struct Scope<'a> {
    pub(super) context: Context<'a>,
    /// Text of the config file.
    pub(super) config: &'a Document,
    pub(super) files: ConfigFiles,
    pub(super) configured: Configured,
    /// The caches, read-only.
    pub(super) cache: TokenCache,
    pub(super) cache_files: CacheFiles,
}

impl TextFile<'_> {
    /// Returns the location of a line.
    pub(super) fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

impl<'a> Scope<'a> {
    /// Reads the sessions and profiles from `files`, and lists the files of the caches.
    ///
    /// # Errors
    ///
    /// If there is no home directory, or a directory of the caches cannot be read.
    pub(super) fn new(
        context: Context<'a>,
        config: &'a Document,
        files: ConfigFiles,
    ) -> Result<Self, Failure> {
        let cache = context.env.token_cache()?.leaving_modes();
        Ok(Self {
            context,
            config,
            configured: Configured::of(&files),
            files,
            cache_files: CacheFiles::list(&cache).map_err(Error::from)?,
            cache,
        })
    }
}
