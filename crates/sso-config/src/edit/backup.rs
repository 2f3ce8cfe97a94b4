//! The backup of the file before the last edit.

use std::fs;
use std::path::{Path, PathBuf};

use aws_config_parse::{Document, FileKind};
use locked_file::{WriteOptions, write_atomic};

use super::entry::digest;
use super::history::read;
use crate::error::Error;

/// Maximum number of remembered contents.
const MAX_DIGESTS: usize = 32;

/// Files for backups: `config.bak` beside the config file, and `credentials.bak` in the
/// directory of the history. If the user has another file named `config.bak`, it is kept, and the
/// backup is in the directory of the history too.
#[derive(Debug)]
pub(super) struct Backups<'a> {
    pub(super) config: &'a Path,
    pub(super) history: &'a Path,
    /// Directory whose owner may own the files.
    pub(super) trusted_dir: &'a Path,
}

impl Backups<'_> {
    /// Replaces the backup with `document`.
    pub(super) fn write(
        &self,
        document: &Document,
        options: &WriteOptions<'_>,
    ) -> Result<(), Error> {
        let path = self.path(document.kind());
        if path == self.config {
            // Remembered first, so that the backup is known after a crash.
            self.remember(document, options)?;
        }
        Ok(write_atomic(&path, document.as_bytes(), options)?)
    }

    /// Returns the files that may be the last backup.
    pub(super) fn candidates(&self, kind: FileKind) -> Vec<PathBuf> {
        match kind {
            FileKind::Config => vec![self.config.to_owned(), self.in_history("config.bak")],
            FileKind::Credentials => vec![self.path(kind)],
        }
    }

    fn path(&self, kind: FileKind) -> PathBuf {
        match kind {
            FileKind::Config if self.is_free() => self.config.to_owned(),
            FileKind::Config => self.in_history("config.bak"),
            FileKind::Credentials => self.in_history("credentials.bak"),
        }
    }

    /// Returns whether `config.bak` does not exist or is a backup.
    fn is_free(&self) -> bool {
        if fs::symlink_metadata(self.config).is_err() {
            return true;
        }
        let present = read(self.config, self.trusted_dir);
        present.is_ok_and(|bytes| {
            let present = Document::parse(FileKind::Config, bytes);
            self.digests().contains(&digest(&present))
        })
    }

    fn remember(&self, document: &Document, options: &WriteOptions<'_>) -> Result<(), Error> {
        let mut digests = self.digests();
        let new = digest(document);
        digests.retain(|known| *known != new);
        digests.push(new);
        let surplus = digests.len().saturating_sub(MAX_DIGESTS);
        let text = digests[surplus..].join("\n");
        Ok(write_atomic(&self.list(), text.as_bytes(), options)?)
    }

    /// Returns the SHA-256 of the last contents that were written to `config.bak`. An unreadable list counts as empty.
    fn digests(&self) -> Vec<String> {
        let list = read(&self.list(), self.trusted_dir).unwrap_or_default();
        let list = String::from_utf8_lossy(&list).into_owned();
        list.lines().map(str::to_owned).collect()
    }

    fn list(&self) -> PathBuf {
        self.in_history("backups")
    }

    fn in_history(&self, name: &str) -> PathBuf {
        self.history.join(name)
    }
}
