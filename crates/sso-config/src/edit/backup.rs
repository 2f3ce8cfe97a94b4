//! The backup of the file before the last edit.

use std::fs;
use std::path::{Path, PathBuf};

use aws_config_parse::{Document, FileKind};
use locked_file::{WriteOptions, write_atomic};
use time::OffsetDateTime;

use super::entry::digest;
use super::history::read;
use crate::error::Error;

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
        if path != self.config {
            return Ok(write_atomic(&path, document.as_bytes(), options)?);
        }
        // Also remembered first, so that the backup is known after a crash.
        let new = digest(document);
        let mut known = self.remembered();
        known.push(new.clone());
        self.remember(&known, options)?;
        write_atomic(&path, document.as_bytes(), options)?;
        self.remember(&[identity(&new, &path)], options)
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
            let digest = digest(&present);
            let identity = identity(&digest, self.config);
            let known = self.remembered();
            known.contains(&digest) || known.contains(&identity)
        })
    }

    fn remember(&self, known: &[String], options: &WriteOptions<'_>) -> Result<(), Error> {
        let text = known.join("\n");
        Ok(write_atomic(&self.list(), text.as_bytes(), options)?)
    }

    /// Returns the identity of the last backup in `config.bak`, and the SHA-256 of one that was about to
    /// replace it. An unreadable list counts as empty.
    fn remembered(&self) -> Vec<String> {
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

/// Identifies a backup by its contents and its time of modification, because a copy that the user
/// makes can have the same contents.
fn identity(digest: &str, path: &Path) -> String {
    let modified_at = fs::symlink_metadata(path).and_then(|found| found.modified());
    let modified_at = modified_at.map_or(0, |at| OffsetDateTime::from(at).unix_timestamp_nanos());
    format!("{digest} {modified_at}")
}
