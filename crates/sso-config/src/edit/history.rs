//! History of the config file, which makes edits undoable.
//!
//! `config.bak` is the file before the last edit, see [`Backups`]. `config.history` contains a
//! numbered JSON file for each of the last ten edits: its description and time, the SHA-256 of the
//! file before and after it, and the replacements that revert it. A file with the same number and the
//! extension `before` contains the previous bytes. It is removed after the next edit of the same file
//! if the replacements lead to these bytes from the state before that edit. A file with the extension
//! `unwritten` exists while the edit is being written or undone.
//!
//! The history also contains the edits of the credentials file; `credentials.bak` is in its
//! directory.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use aws_config_parse::{Document, FileKind};
use locked_file::{FileMode, ReadOptions, WriteOptions, read_with, write_atomic};

use super::backup::Backups;
use super::entry::{HistoryEntry, digest};
use super::merge::{contains_change, undone_in};
use crate::error::Error;
use crate::files::MAX_FILE_BYTES;

const MAX_ENTRIES: usize = 10;

/// Returns the paths of the history's directory and of the backup of the config file `config`. They need
/// not exist.
#[must_use]
pub fn history_paths(config: &Path) -> [PathBuf; 2] {
    let history = History::for_config(config);
    [history.directory, history.backup]
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

    /// Returns the directory of the config file, whose owner can replace the file.
    pub(crate) fn trusted_dir(&self) -> &Path {
        match self.directory.parent() {
            Some(dir) if !dir.as_os_str().is_empty() => dir,
            _ => Path::new("."),
        }
    }

    /// Adds `entry` for an edit that is written next, and returns its path. Saves `before` as the
    /// backup, and removes the oldest entries beyond the maximum.
    pub(crate) fn add(&self, entry: &HistoryEntry, before: &Document) -> Result<PathBuf, Error> {
        self.save_state_in_backup(before.kind())?;
        let entries = self.entries();
        let last = entries.last().map_or(0, |(number, _)| *number);
        // At the maximum, the new entry replaces the last one.
        let number = last.saturating_add(1);
        let path = self.directory.join(format!("{number:06}.json"));
        self.save_entry(&path, entry, before)
            .and_then(|()| self.write_backup(before))
            .inspect_err(|_| self.remove_entry(&path))?;
        let surplus = (entries.len() + 1).saturating_sub(MAX_ENTRIES);
        for (_, path) in &entries[..surplus] {
            self.remove_entry(path);
        }
        Ok(path)
    }

    fn save_entry(
        &self,
        path: &Path,
        entry: &HistoryEntry,
        before: &Document,
    ) -> Result<(), Error> {
        let json = serde_json::to_vec(entry).expect("strings, times and numbers serialize to JSON");
        self.mark_unwritten(path)?;
        self.save(&previous_bytes(path), before)?;
        Ok(write_atomic(path, &json, &self.options())?)
    }

    fn mark_unwritten(&self, path: &Path) -> Result<(), Error> {
        Ok(write_atomic(&unwritten_mark(path), b"", &self.options())?)
    }

    /// Calls `undo`, which undoes the edit of the entry at `path` in the file.
    pub(crate) fn while_undoing(
        &self,
        path: &Path,
        undo: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.mark_unwritten(path)?;
        undo().inspect_err(|_| drop(fs::remove_file(unwritten_mark(path))))
    }

    /// Records that the edit of `entry`, which is at `path`, is written. `before` is the file before
    /// the edit.
    pub(crate) fn mark_written(&self, path: &Path, entry: &HistoryEntry, before: &Document) {
        // A stale mark is harmless if the file contains the edit.
        let _ = fs::remove_file(unwritten_mark(path));
        let previous = self.entries_of_file(entry).find(|(found, _)| found != path);
        if let Some((path, previous)) = previous
            && previous.revert_from(before).is_some()
        {
            let _ = fs::remove_file(previous_bytes(&path));
        }
    }

    /// Replaces the backup with `document`.
    pub(crate) fn back_up(&self, document: &Document) -> Result<(), Error> {
        self.save_state_in_backup(document.kind())?;
        self.write_backup(document)
    }

    fn write_backup(&self, document: &Document) -> Result<(), Error> {
        self.backups().write(document, &self.options())
    }

    /// Saves the state before the last edit, if only the backup contains it: earlier versions of this
    /// history have no files with the extension `before`.
    fn save_state_in_backup(&self, kind: FileKind) -> Result<(), Error> {
        let entries = self.entries().into_iter().rev();
        let mut entries = entries.filter_map(|(_, path)| Some((self.entry(&path).ok()?, path)));
        let Some((last, path)) = entries.find(|(entry, _)| entry.kind() == kind) else {
            return Ok(());
        };
        let saved = previous_bytes(&path);
        match self.saved(&path, &last) {
            Some(state) if !saved.exists() => self.save(&saved, &state),
            _ => Ok(()),
        }
    }

    fn backups(&self) -> Backups<'_> {
        Backups {
            config: &self.backup,
            history: &self.directory,
            trusted_dir: self.trusted_dir(),
        }
    }

    fn save(&self, path: &Path, document: &Document) -> Result<(), Error> {
        Ok(write_atomic(path, document.as_bytes(), &self.options())?)
    }

    fn options(&self) -> WriteOptions<'_> {
        WriteOptions::new(FileMode::Private)
            .without_following()
            .scratch(&self.directory)
    }

    /// Returns the last entry and its path. Skips entries of edits that are not written to the file,
    /// which `read` returns: the process ended first, or is about to replace the file.
    pub(crate) fn last(
        &self,
        read: &dyn Fn(&HistoryEntry) -> Result<Document, Error>,
    ) -> Result<(PathBuf, HistoryEntry), Error> {
        for (_, path) in self.entries().into_iter().rev() {
            let entry = self.entry(&path)?;
            if !self.is_unwritten(&path, &entry, &read(&entry)?) {
                return Ok((path, entry));
            }
        }
        Err(self.nothing_to_undo())
    }

    /// Returns whether `present` is the state before the edit, or contains no change of the edit, whose
    /// process or undo ended before its entry was marked as written or removed.
    fn is_unwritten(&self, path: &Path, entry: &HistoryEntry, present: &Document) -> bool {
        if entry.is_state_before(present) {
            return true;
        }
        if digest(present) == entry.after || !unwritten_mark(path).exists() {
            return false;
        }
        let before = self.saved(path, entry);
        let states = before.and_then(|before| Some((entry.applied_to(&before)?, before)));
        !states.is_some_and(|(after, before)| contains_change(present, &before, &after))
    }

    /// Returns the file before the edit of the entry at `path`, or `None` if `present` is not the
    /// result of this edit.
    pub(crate) fn reverted(
        &self,
        path: &Path,
        entry: &HistoryEntry,
        present: &Document,
    ) -> Option<Document> {
        let reverted = entry.revert_from(present);
        let is_result = digest(present) == entry.after;
        reverted.or_else(|| is_result.then(|| self.saved(path, entry)).flatten())
    }

    /// Returns the file before the edit of the entry at `path`, and this file with the changes that
    /// were made since. Returns `None` if they overlap with the edit, or if a state is not saved.
    pub(crate) fn merged(
        &self,
        path: &Path,
        entry: &HistoryEntry,
        present: &Document,
    ) -> Option<(Document, Document)> {
        let before = self.saved(path, entry)?;
        let undone = undone_in(present, &entry.applied_to(&before)?, &before)?;
        Some((before, undone))
    }

    /// Returns the file before the edit of the entry at `path`. Fails with [`Error::StateNotSaved`] if
    /// this state is not saved.
    pub(crate) fn before(&self, path: &Path, entry: &HistoryEntry) -> Result<Document, Error> {
        self.saved(path, entry).ok_or_else(|| Error::StateNotSaved {
            history: self.directory.clone(),
        })
    }

    /// Returns the file before the edit of the entry at `path` if a saved file contains it.
    fn saved(&self, path: &Path, entry: &HistoryEntry) -> Option<Document> {
        let mut files = vec![previous_bytes(path)];
        files.extend(self.backups().candidates(entry.kind()));
        let mut documents = files.iter().filter_map(|path| {
            let bytes = read(path, self.trusted_dir()).ok()?;
            Some(Document::parse(entry.kind(), bytes))
        });
        documents.find(|saved| digest(saved) == entry.before)
    }

    /// Saves the state before the edit that precedes the one of the entry at `path`, if `before` is the
    /// result of that edit. Only logs an error: without the state, only an undo after later changes is
    /// refused.
    pub(crate) fn save_state_before_previous(
        &self,
        path: &Path,
        entry: &HistoryEntry,
        before: &Document,
    ) {
        let entries = self.entries_of_file(entry);
        let Some((previous, entry)) = entries.skip_while(|(found, _)| found != path).nth(1) else {
            return;
        };
        if let Some(state) = entry.revert_from(before)
            && let Err(error) = self.save(&previous_bytes(&previous), &state)
        {
            log::debug!("{error}; the state before an earlier edit is not saved");
        }
    }

    /// Returns the path and the entry of each edit of the same file as `edit`, last first.
    fn entries_of_file(
        &self,
        edit: &HistoryEntry,
    ) -> impl Iterator<Item = (PathBuf, HistoryEntry)> {
        let entries = self.entries().into_iter().rev();
        let entries = entries.filter_map(|(_, path)| Some((path.clone(), self.entry(&path).ok()?)));
        entries.filter(|(_, entry)| entry.is_of_same_file(edit))
    }

    fn entry(&self, path: &Path) -> Result<HistoryEntry, Error> {
        let entry = serde_json::from_slice(&read(path, self.trusted_dir())?);
        entry.map_err(|_| Error::CorruptHistory {
            path: path.to_owned(),
        })
    }

    fn nothing_to_undo(&self) -> Error {
        let history = self.directory.clone();
        Error::NothingToUndo { history }
    }

    /// Removes the entry at `path` after its undo, and the later entries of edits of the same file
    /// that are not written. `present` is the file before the undo. The caller holds the lock, so
    /// that no process is about to write such an edit.
    pub(crate) fn remove_undone(&self, path: &Path, undone: &HistoryEntry, present: &Document) {
        let entries = self.entries_of_file(undone);
        for (later, entry) in entries.take_while(|(found, _)| found != path) {
            if self.is_unwritten(&later, &entry, present) {
                self.remove_entry(&later);
            }
        }
        self.remove_entry(path);
    }

    #[expect(clippy::unused_self, reason = "the entry is a file of this history")]
    pub(crate) fn remove_entry(&self, entry: &Path) {
        // A stale entry is harmless: it is never applied, because its digests do not match.
        let _ = fs::remove_file(entry);
        let _ = fs::remove_file(previous_bytes(entry));
        let _ = fs::remove_file(unwritten_mark(entry));
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

/// Returns the path of the bytes before the edit.
fn previous_bytes(entry: &Path) -> PathBuf {
    entry.with_extension("before")
}

/// Returns the path of the empty file that exists while the edit is being written or undone.
fn unwritten_mark(entry: &Path) -> PathBuf {
    entry.with_extension("unwritten")
}

/// Fails if the file is a symbolic link, or if its owner is neither the user nor that of
/// `trusted_dir`: the text becomes part of the config file.
pub(super) fn read(path: &Path, trusted_dir: &Path) -> Result<Vec<u8>, Error> {
    let options = ReadOptions::trusting(trusted_dir)
        .without_following()
        .narrowing()
        .up_to(MAX_FILE_BYTES);
    let file = read_with(&options, path)?;
    Ok(file.map_or_else(Vec::new, |file| file.bytes))
}
