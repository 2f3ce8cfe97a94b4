//! Edits of the config file. No other module writes it.

mod backup;
mod diff;
mod entry;
mod history;
mod lock;
mod merge;
mod read;
mod region;
mod shown_diff;
mod written;

use std::path::{Path, PathBuf};

use aws_config_parse::{Document, EditError, FileKind, Outcome};
use locked_file::critical_section::CriticalSection;
use locked_file::{FileMode, PreparedWrite, WriteOptions};
use time::OffsetDateTime;

use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::{read_complete, read_document};
use crate::location::Location;

pub use diff::Diff;
pub use entry::HistoryEntry;
use history::History;
pub use history::history_paths;
use lock::lock;
pub use lock::{waiting_for_lock, without_lock};
use read::{read_for_edit, variable};
use shown_diff::shown_diff;
pub use written::has_written;
use written::set_written;

const MAX_RETRIES: usize = 2;

/// An edit of the config file, prepared in memory and written atomically.
///
/// Bytes outside the edit stay unchanged. A commit saves the previous file as `config.bak` (in
/// `config.history` if the user has a file of this name) and adds an entry to the history in
/// `config.history`, which keeps the last ten edits. Both are next to the config file and private.
#[derive(Debug)]
pub struct ConfigEdit {
    path: PathBuf,
    history: History,
    before: Document,
    after: Document,
}

/// A prepared undo of the last edit: see [`ConfigEdit::undo`].
#[derive(Debug)]
pub struct Undo {
    /// The edit that restores the previous state.
    pub edit: ConfigEdit,
    /// History entry of the edit that is undone.
    pub entry: HistoryEntry,
    /// Set if changes that were made since the edit are kept.
    pub keeps_changes: bool,
    entry_path: PathBuf,
    /// State before the edit.
    before_entry: Document,
}

impl ConfigEdit {
    /// Starts an edit: reads the config file, and takes no lock. A missing file counts as empty.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`]; [`Error::NotAFile`]; [`Error::ReadConfig`].
    pub fn begin(env: &AwsEnv) -> Result<Self, Error> {
        Self::open(env, FileKind::Config)
    }

    /// Starts an edit of the credentials file instead, in the same history.
    ///
    /// # Errors
    ///
    /// Those of [`begin`](Self::begin).
    pub fn begin_credentials(env: &AwsEnv) -> Result<Self, Error> {
        Self::open(env, FileKind::Credentials)
    }

    /// Edits the file in one step, without user review: calls `make`, writes its edit, and returns
    /// its value. If another process changes the file in the meantime, calls `make` again with the
    /// new contents. The history records `description`, for example `sso-configure --profile dev`.
    /// Takes no lock if the edit changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`begin`](Self::begin), [`commit`](Self::commit) and `make`.
    /// [`Error::ConfigChanged`] if another tool changes the file before every attempt to write it.
    /// Concurrent edits through this crate wait for the lock instead.
    pub fn apply<T, E: From<Error>>(
        env: &AwsEnv,
        now: OffsetDateTime,
        description: &str,
        make: impl Fn(&mut Self) -> Result<T, E>,
    ) -> Result<(T, Outcome), E> {
        let make_edit = || -> Result<(Self, T), E> {
            let mut edit = Self::begin(env)?;
            let result = make(&mut edit)?;
            Ok((edit, result))
        };
        let (mut edit, mut result) = make_edit()?;
        if edit.is_unchanged() {
            return Ok((result, Outcome::Unchanged));
        }
        let _lock = lock(&edit.history)?;
        for _ in 0..MAX_RETRIES {
            match edit.write(now, description) {
                Err(Error::ConfigChanged { .. }) => (edit, result) = make_edit()?,
                written => return Ok((result, written?)),
            }
        }
        Ok((result, edit.write(now, description)?))
    }

    /// Prepares an undo of the last edit that was made through this crate. After the undo is
    /// committed, the next call prepares an undo of the edit before it. If another tool has changed
    /// other lines of the file since, these changes are kept.
    ///
    /// # Errors
    ///
    /// Those of [`begin`](Self::begin); [`Error::NothingToUndo`]; [`Error::ConfigChanged`] if
    /// another tool has changed lines of the edit since; [`Error::CorruptHistory`];
    /// [`Error::ReadState`].
    pub fn undo(env: &AwsEnv) -> Result<Undo, Error> {
        let (entry_path, entry, mut edit) = Self::last(env)?;
        let history = &edit.history;
        let reverted = history.reverted(&entry_path, &entry, &edit.before);
        let keeps_changes = reverted.is_none();
        let (before_entry, after) = reverted
            .map(|before| (before.clone(), before))
            .or_else(|| history.merged(&entry_path, &entry, &edit.before))
            .ok_or_else(|| Error::ConfigChanged {
                path: edit.path.clone(),
            })?;
        edit.after = after;
        Ok(Undo {
            edit,
            entry,
            keeps_changes,
            entry_path,
            before_entry,
        })
    }

    /// Prepares an undo of the last edit, even if another tool has changed the file since. The
    /// commit saves the current file as `config.bak`.
    ///
    /// # Errors
    ///
    /// Those of [`undo`](Self::undo), except [`Error::ConfigChanged`]; [`Error::StateNotSaved`].
    pub fn force_undo(env: &AwsEnv) -> Result<Undo, Error> {
        let (entry_path, entry, mut edit) = Self::last(env)?;
        let before = edit.history.before(&entry_path, &entry)?;
        edit.after = before.clone();
        Ok(Undo {
            edit,
            entry,
            keeps_changes: false,
            entry_path,
            before_entry: before,
        })
    }

    /// Returns the last entry, its path, and an edit of its file.
    fn last(env: &AwsEnv) -> Result<(PathBuf, HistoryEntry, Self), Error> {
        let history = History::for_config(&env.config_file()?);
        let (path, entry) = history.last(&|entry| Ok(Self::open_edited(env, entry)?.before))?;
        let edit = Self::open_edited(env, &entry)?;
        Ok((path, entry, edit))
    }

    /// Reads the config file like [`begin`](Self::begin), also if it is a pipe or a device. A commit
    /// of a change then fails.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`] and [`Error::ReadConfig`].
    pub fn inspect(env: &AwsEnv) -> Result<Self, Error> {
        let path = env.config_file()?;
        let history = History::for_config(&path);
        let before = read_document(&path, FileKind::Config)?;
        Ok(Self::of(before, path, history))
    }

    fn open(env: &AwsEnv, kind: FileKind) -> Result<Self, Error> {
        let config = env.config_file()?;
        let history = History::for_config(&config);
        let path = match kind {
            FileKind::Config => config,
            FileKind::Credentials => env.credentials_file()?,
        };
        let before = read_complete(&path, || read_for_edit(&path, kind), Vec::as_slice)?;
        let before = Document::parse(kind, before);
        Ok(Self::of(before, path, history))
    }

    /// Opens the file of the edit in `entry`, even if the environment now selects another
    /// credentials file.
    fn open_edited(env: &AwsEnv, entry: &HistoryEntry) -> Result<Self, Error> {
        let Some(path) = entry.credentials_file() else {
            return Self::open(env, entry.kind());
        };
        let before = read_complete(path, || read_for_edit(path, entry.kind()), Vec::as_slice)?;
        let before = Document::parse(entry.kind(), before);
        let history = History::for_config(&env.config_file()?);
        Ok(Self::of(before, path.to_owned(), history))
    }

    fn of(before: Document, path: PathBuf, history: History) -> Self {
        Self {
            path,
            history,
            after: before.clone(),
            before,
        }
    }

    /// Returns the path of the config file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the file before the edit.
    #[must_use]
    pub fn before(&self) -> &Document {
        &self.before
    }

    /// Returns the file after the edit.
    #[must_use]
    pub fn after(&self) -> &Document {
        &self.after
    }

    /// Returns whether the edit changes nothing.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.before.as_bytes() == self.after.as_bytes()
    }

    /// Applies `change` to the document and returns its value. If `change` fails, the document
    /// stays unchanged.
    ///
    /// # Errors
    ///
    /// [`Error::EditConfig`]; [`Error::ConfigSyntax`] if the AWS CLI rejects the file.
    pub fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Document) -> Result<T, EditError>,
    ) -> Result<T, Error> {
        let mut after = self.after.clone();
        let result = change(&mut after).map_err(|error| self.edit_error(error))?;
        self.after = after;
        Ok(result)
    }

    fn edit_error(&self, error: EditError) -> Error {
        let path = self.path.clone();
        match error {
            EditError::Rejected(problem) => Error::ConfigSyntax {
                location: Location {
                    path,
                    line: problem.line(),
                    column: problem.column(),
                },
                reason: problem.reason(),
            },
            source => Error::EditConfig { path, source },
        }
    }

    /// Returns the changes as a unified diff with [escaped](sso_types::escaped) lines, or an empty
    /// string if nothing changes, or only the encoding. Values that may be secrets are masked: see
    /// [`Diff::masked`].
    #[must_use]
    pub fn diff(&self) -> String {
        shown_diff(&self.path, &self.before, &self.after)
    }

    /// Writes the file, unless another process has changed it since the edit began. The history
    /// records `description`.
    ///
    /// # Errors
    ///
    /// [`Error::ConfigChanged`] if another process has changed the file; [`Error::LockConfig`] if
    /// another process holds the lock for 30 seconds; [`Error::CreateHistory`];
    /// [`Error::ReadConfig`]; [`Error::ReadOnlyConfig`]; [`Error::WriteConfig`]. After an error the
    /// file is unchanged.
    pub fn commit(self, now: OffsetDateTime, description: &str) -> Result<Outcome, Error> {
        if self.is_unchanged() {
            return Ok(Outcome::Unchanged);
        }
        let _lock = lock(&self.history)?;
        self.write(now, description)
    }

    /// Saves the previous state, then writes the file. The caller holds the lock.
    fn write(&self, now: OffsetDateTime, description: &str) -> Result<Outcome, Error> {
        let history = &self.history;
        if self.is_unchanged() {
            return Ok(Outcome::Unchanged);
        }
        self.check_current()?;
        check_not_read_only(&self.path)?;
        let entry = HistoryEntry::new(description, now, &self.before, &self.after);
        let entry = entry.of_file(&self.path);
        let file = history.add(&entry, &self.before)?;
        if let Err(error) = self.replace_file(history) {
            history.remove_entry(&file);
            return Err(error);
        }
        history.mark_written(&file, &entry, &self.before);
        Ok(Outcome::Changed)
    }

    /// Replaces the file, unless another process has changed it: compares it once more right before
    /// the rename, because other tools do not take the lock.
    fn replace_file(&self, history: &History) -> Result<(), Error> {
        let options = WriteOptions::new(FileMode::Preserve).scratch(history.directory());
        let _section = CriticalSection::begin();
        let prepared = PreparedWrite::prepare(&self.path, &options)?;
        prepared.commit_if(self.after.as_bytes(), || {
            log::debug!("replacing {}", self.path.display());
            self.check_current()
        })?;
        if self.before.kind() == FileKind::Config {
            set_written();
        }
        Ok(())
    }

    /// Checks that the file can be replaced, without reading it.
    ///
    /// # Errors
    ///
    /// [`Error::NotAFile`].
    pub fn check_is_file(&self) -> Result<(), Error> {
        match std::fs::metadata(&self.path) {
            Ok(found) if !found.is_file() => Err(Error::NotAFile {
                path: self.path.clone(),
                variable: variable(self.before.kind()),
            }),
            _ => Ok(()),
        }
    }

    fn check_current(&self) -> Result<(), Error> {
        if read_for_edit(&self.path, self.before.kind())? == self.before.as_bytes() {
            return Ok(());
        }
        let path = self.path.clone();
        Err(Error::ConfigChanged { path })
    }
}

impl Undo {
    /// Restores the file to its state before the edit.
    ///
    /// # Errors
    ///
    /// Those of [`ConfigEdit::commit`].
    pub fn commit(self) -> Result<(), Error> {
        let edit = self.edit;
        let history = &edit.history;
        let _lock = lock(history)?;
        edit.check_current()?;
        check_not_read_only(&edit.path)?;
        history.back_up(&edit.before)?;
        history.save_state_before_previous(&self.entry_path, &self.entry, &self.before_entry);
        history.while_undoing(&self.entry_path, || edit.replace_file(history))?;
        history.remove_undone(&self.entry_path, &self.entry, &edit.before);
        Ok(())
    }
}

/// Rejects a read-only file, because a rename would replace it despite its mode.
fn check_not_read_only(path: &Path) -> Result<(), Error> {
    let found = std::fs::metadata(path);
    if found.is_ok_and(|file| file.permissions().readonly()) {
        let path = path.to_owned();
        return Err(Error::ReadOnlyConfig { path });
    }
    Ok(())
}
