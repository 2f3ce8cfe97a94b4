//! Text of a config file.

use std::path::Path;

use aws_config_parse::{Document, SectionName, SectionRef};

/// Text of the config file or the credentials file, possibly invalid.
pub(super) struct TextFile<'a> {
    pub(super) path: &'a Path,
    /// The file in UTF-8.
    pub(super) document: &'a Document,
    /// The other of the two files, in UTF-8.
    pub(super) other: &'a Document,
    /// The file in its encoding.
    pub(super) original: &'a Document,
}

impl TextFile<'_> {
    pub(super) fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    /// Returns whether one of the files contains the section.
    pub(super) fn exists(&self, section: &SectionName<'_>) -> bool {
        let files = [self.document, self.other];
        files.iter().any(|file| file.section(section).is_some())
    }

    /// Returns whether the section contains `key` in one of the files.
    pub(super) fn has(&self, section: &SectionRef<'_>, key: &str) -> bool {
        let of_other = self.other.section(&section.name());
        let sections = [
            Some(*section),
            of_other.filter(|_| section.name().is_profile()),
        ];
        sections
            .into_iter()
            .flatten()
            .any(|it| it.get(key).is_some())
    }
}
