//! Text of a config file.

use std::path::Path;

use aws_config_parse::Document;

/// Text of the config file or the credentials file, possibly invalid.
pub(super) struct TextFile<'a> {
    pub(super) path: &'a Path,
    /// The file in UTF-8.
    pub(super) document: &'a Document,
    /// The file in its encoding.
    pub(super) original: &'a Document,
}

impl TextFile<'_> {
    pub(super) fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}
