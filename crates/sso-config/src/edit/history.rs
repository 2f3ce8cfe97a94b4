//! History of the config file, which makes edits undoable.
//!
//! `config.bak` is the file before the last edit. `config.history` contains a numbered JSON file
//! for each of the last ten edits: its description and time, the SHA-256 of the file before and
//! after it, and the replacements that revert it.

use std::ffi::OsString;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use aws_config_parse::{Document, FileKind};
use locked_file::{FileMode, WriteOptions, read_private_up_to, write_atomic};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sso_types::hex;
use time::OffsetDateTime;

use super::diff::Diff;
use crate::error::Error;
use crate::files::MAX_FILE_BYTES;

const MAX_ENTRIES: usize = 10;

/// History entry of an edit.
#[derive(Debug, Deserialize, Serialize)]
pub struct HistoryEntry {
    /// Description of the edit, such as `sso-configure --profile dev`.
    // Existing history files call this field `did`.
    #[serde(alias = "did")]
    pub description: String,
    /// Time of the edit.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    before: String,
    after: String,
    replacements: Vec<Replacement>,
}

#[derive(Deserialize, Serialize)]
struct Replacement {
    bytes: Range<usize>,
    text: String,
}

#[derive(Debug)]
pub(crate) struct History {
    directory: PathBuf,
    backup: PathBuf,
}

impl History {
    pub(crate) fn for_config(config: &Path) -> Self {
        let with_suffix = |suffix| {
            let mut path = OsString::from(config);
            path.push(suffix);
            PathBuf::from(path)
        };
        Self {
            directory: with_suffix(".history"),
            backup: with_suffix(".bak"),
        }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Adds `entry` for an edit that is written next, and returns its path. Saves `before` as the
    /// backup, and removes the oldest entries beyond the maximum.
    pub(crate) fn add(&self, entry: &HistoryEntry, before: &Document) -> Result<PathBuf, Error> {
        let entries = self.entries();
        let number = entries.last().map_or(1, |(number, _)| number + 1);
        let path = self.directory.join(format!("{number:06}.json"));
        let json = serde_json::to_vec(entry).expect("strings, times and numbers serialize to JSON");
        write_atomic(&path, &json, &self.options())?;
        self.back_up(before)
            .inspect_err(|_| self.remove_entry(&path))?;
        let surplus = (entries.len() + 1).saturating_sub(MAX_ENTRIES);
        for (_, path) in &entries[..surplus] {
            self.remove_entry(path);
        }
        Ok(path)
    }

    pub(crate) fn back_up(&self, document: &Document) -> Result<(), Error> {
        Ok(write_atomic(
            &self.backup,
            document.as_bytes(),
            &self.options(),
        )?)
    }

    fn options(&self) -> WriteOptions<'_> {
        WriteOptions::new(FileMode::Private).scratch(&self.directory)
    }

    /// Returns the last entry. Removes entries of edits that were not written because the process
    /// ended first: the file is still in the state before such an edit.
    pub(crate) fn last(&self, present: &Document) -> Result<HistoryEntry, Error> {
        let (path, entry) = self.last_entry()?;
        if entry.before == digest(present) && entry.after != entry.before {
            self.remove_entry(&path);
            return self.last(present);
        }
        Ok(entry)
    }

    /// Returns the last entry, and the backup if it is the state before that edit. Otherwise fails
    /// with [`Error::NothingToUndo`].
    pub(crate) fn last_with_backup(&self) -> Result<(HistoryEntry, Document), Error> {
        let (_, entry) = self.last_entry()?;
        let backup = Document::parse(FileKind::Config, read(&self.backup)?);
        if digest(&backup) == entry.before {
            Ok((entry, backup))
        } else {
            Err(self.nothing_to_undo())
        }
    }

    fn last_entry(&self) -> Result<(PathBuf, HistoryEntry), Error> {
        let (_, path) = self.entries().pop().ok_or_else(|| self.nothing_to_undo())?;
        let entry = serde_json::from_slice(&read(&path)?);
        let entry = entry.map_err(|_| Error::CorruptHistory { path: path.clone() })?;
        Ok((path, entry))
    }

    fn nothing_to_undo(&self) -> Error {
        let history = self.directory.clone();
        Error::NothingToUndo { history }
    }

    pub(crate) fn remove_last(&self) {
        if let Some((_, path)) = self.entries().pop() {
            self.remove_entry(&path);
        }
    }

    #[expect(clippy::unused_self, reason = "the entry is a file of this history")]
    pub(crate) fn remove_entry(&self, entry: &Path) {
        // A stale entry is harmless: it is never applied, because its digests do not match.
        let _ = fs::remove_file(entry);
    }

    /// Returns the number and the path of each entry, oldest first.
    fn entries(&self) -> Vec<(u32, PathBuf)> {
        let files = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        let mut entries: Vec<_> = files
            .filter_map(|file| {
                let path = file.path();
                let name = path.file_name()?.to_str()?;
                let number = name.strip_suffix(".json")?.parse().ok()?;
                Some((number, path))
            })
            .collect();
        entries.sort();
        entries
    }
}

impl HistoryEntry {
    pub(crate) fn new(
        description: &str,
        at: OffsetDateTime,
        before: &Document,
        after: &Document,
    ) -> Self {
        let text = before.to_string();
        let replacements = Diff::new("", before, after).replacements();
        Self {
            description: description.to_owned(),
            at: at.truncate_to_second(),
            before: digest(before),
            after: digest(after),
            replacements: replacements
                .into_iter()
                .map(|(old, new)| Replacement {
                    bytes: new,
                    text: text[old].to_owned(),
                })
                .collect(),
        }
    }

    /// Returns the file before this edit, or `None` if `after` is not the result of this edit.
    pub(crate) fn revert_from(&self, after: &Document) -> Option<Document> {
        if digest(after) != self.after {
            return None;
        }
        let mut text = after.to_string();
        for Replacement { bytes, text: old } in self.replacements.iter().rev() {
            text.get(bytes.clone())?;
            text.replace_range(bytes.clone(), old);
        }
        let before = Document::parse(FileKind::Config, text);
        (digest(&before) == self.before).then_some(before)
    }
}

impl std::fmt::Debug for Replacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replacement")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let file = read_private_up_to(MAX_FILE_BYTES, path)?;
    Ok(file.map_or_else(Vec::new, |file| file.bytes))
}

fn digest(document: &Document) -> String {
    hex::encode(&Sha256::digest(document.as_bytes()))
}
