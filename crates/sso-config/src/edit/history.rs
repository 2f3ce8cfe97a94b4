//! The states that the config file had before our edits.
//!
//! `config.bak` is the last one. `config.history` has a JSON file for each of the last ten edits,
//! numbered: what was done and when, the SHA-256 of the file before and after, and what to put
//! in the place of what in order to get back.

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

/// How many edits can be taken back.
const KEPT: usize = 10;

/// Maximum size of a file that is read, more than any config file has.
const MAX_BYTES: u64 = 64 << 20;

/// An edit that was made.
#[derive(Debug, Deserialize, Serialize)]
pub struct PastEdit {
    /// What was done, as in `sso-configure --profile dev`.
    pub did: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    before: String,
    after: String,
    replacements: Vec<Replacement>,
}

/// What to put in the place of which bytes.
#[derive(Deserialize, Serialize)]
struct Replacement {
    bytes: Range<usize>,
    text: String,
}

/// The files that hold the former states.
#[derive(Debug)]
pub(crate) struct History {
    folder: PathBuf,
    backup: PathBuf,
}

impl History {
    /// Returns the history of the config file at `config`.
    pub(crate) fn beside(config: &Path) -> Self {
        let beside = |suffix| {
            let mut path = OsString::from(config);
            path.push(suffix);
            PathBuf::from(path)
        };
        Self {
            folder: beside(".history"),
            backup: beside(".bak"),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Remembers an edit that is about to be made to `before`, and forgets those too long ago.
    pub(crate) fn add(&self, edit: &PastEdit, before: &Document) -> Result<PathBuf, Error> {
        let entries = self.entries();
        let number = entries.last().map_or(1, |(number, _)| number + 1);
        let path = self.folder.join(format!("{number:06}.json"));
        let json = serde_json::to_vec(edit).expect("there is nothing in it that JSON has not");
        write_atomic(&path, &json, &self.options())?;
        self.back_up(before).inspect_err(|_| self.forget(&path))?;
        let surplus = (entries.len() + 1).saturating_sub(KEPT);
        for (_, path) in &entries[..surplus] {
            self.forget(path);
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
        WriteOptions::new(FileMode::Private).scratch(&self.folder)
    }

    /// Returns the last edit. One that was remembered but never made, because the program ended
    /// in between, leaves the file as it was `present`, and is forgotten.
    pub(crate) fn last(&self, present: &Document) -> Result<PastEdit, Error> {
        let (path, edit) = self.last_entry()?;
        if edit.before == digest(present) && edit.after != edit.before {
            self.forget(&path);
            return self.last(present);
        }
        Ok(edit)
    }

    /// Returns the last edit, and the whole state before it.
    pub(crate) fn last_with_backup(&self) -> Result<(PastEdit, Document), Error> {
        let (_, edit) = self.last_entry()?;
        let backup = Document::parse(FileKind::Config, read(&self.backup)?);
        if digest(&backup) == edit.before {
            Ok((edit, backup))
        } else {
            Err(self.nothing_to_undo())
        }
    }

    fn last_entry(&self) -> Result<(PathBuf, PastEdit), Error> {
        let (_, path) = self.entries().pop().ok_or_else(|| self.nothing_to_undo())?;
        let edit = serde_json::from_slice(&read(&path)?);
        let edit = edit.map_err(|_| Error::ReadHistory { path: path.clone() })?;
        Ok((path, edit))
    }

    fn nothing_to_undo(&self) -> Error {
        let history = self.folder.clone();
        Error::NothingToUndo { history }
    }

    /// Forgets the last edit, which was taken back.
    pub(crate) fn forget_last(&self) {
        if let Some((_, path)) = self.entries().pop() {
            self.forget(&path);
        }
    }

    #[expect(clippy::unused_self, reason = "it is a file of the history")]
    pub(crate) fn forget(&self, entry: &Path) {
        // An entry too many is noticed when it is to be used: the digests do not fit.
        let _ = fs::remove_file(entry);
    }

    /// Returns number and file of each remembered edit, oldest first.
    fn entries(&self) -> Vec<(u32, PathBuf)> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
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

impl PastEdit {
    pub(crate) fn new(did: &str, at: OffsetDateTime, before: &Document, after: &Document) -> Self {
        let text = before.to_string();
        let replacements = Diff::new("", before, after).replacements();
        Self {
            did: did.to_owned(),
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

    /// Returns the file as it was before this edit, `None` where `after` is not what it made.
    pub(crate) fn undone(&self, after: &Document) -> Option<Document> {
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
    let file = read_private_up_to(MAX_BYTES, path)?;
    Ok(file.map_or_else(Vec::new, |file| file.bytes))
}

/// Returns the SHA-256 of the file in hexadecimal.
fn digest(document: &Document) -> String {
    hex::encode(&Sha256::digest(document.as_bytes()))
}
