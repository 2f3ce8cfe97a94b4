//! Changing the config file: the one place where that happens.

mod diff;
mod history;
mod region;

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_config_parse::{Document, EditError, FileKind, Outcome};
use locked_file::{FileMode, LockedFile, WriteOptions, create_private_dir, write_atomic};

use time::OffsetDateTime;

use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::{Place, read_or_empty};

pub use diff::Diff;
use history::History;
pub use history::PastEdit;
use sso_types::sanitize;

/// How long one program waits for the edit of another.
const LOCK_WAIT: Duration = Duration::from_secs(30);

/// Maximum number of times that an edit is repeated because the file has changed meanwhile.
const MAX_RETRIES: usize = 2;

/// Keys whose values a diff shows: settings that are not secret and hold no secrets. Any other key
/// may belong to another tool, and its value may be a password.
const SHOWN: [&str; 36] = [
    "account_id",
    "ca_bundle",
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_history",
    "cli_pager",
    "cli_timestamp_format",
    "credential_source",
    "defaults_mode",
    "duration_seconds",
    "endpoint_url",
    "ignore_configured_endpoint_urls",
    "max_attempts",
    "mfa_serial",
    "output",
    "parameter_validation",
    "region",
    "retry_mode",
    "role_arn",
    "role_session_name",
    "services",
    "source_profile",
    "sso_account_id",
    "sso_account_name",
    "sso_auto_populated",
    "sso_browser",
    "sso_redirect_port",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "sso_use_device_code",
    "sts_regional_endpoints",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// An edit of the config file: made in memory, shown, and then written as a whole or not at all.
///
/// Every byte that is not edited stays. The state before is kept as `config.bak` and, as its
/// differences, among the last ten in `config.history`, both beside the file and readable for
/// their owner alone.
#[derive(Debug)]
pub struct ConfigEdit {
    path: PathBuf,
    before: Document,
    after: Document,
}

/// An edit that is to be taken back, see [`ConfigEdit::undo`].
#[derive(Debug)]
pub struct Undo {
    /// What takes it back.
    pub edit: ConfigEdit,
    /// What is taken back.
    pub past: PastEdit,
}

impl ConfigEdit {
    /// Reads the config file; a missing one is an empty one. Nothing is locked.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`], [`Error::ReadConfig`].
    pub fn begin(env: &AwsEnv) -> Result<Self, Error> {
        Self::of_file(env.config_file()?)
    }

    /// Edits the file, for an edit that nobody is asked about: `make` makes it, and makes it anew
    /// on what is there then if somebody else has changed the file meanwhile. `did` says what is
    /// done, as in `sso-configure --profile dev`. Returns what `make` returned last. Where nothing
    /// changes, nothing is locked.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin) and [`commit`](Self::commit), and those of `make`.
    /// [`Error::ConfigChanged`] is for a file that never stays as it is: programs of this family
    /// wait for each other.
    pub fn at_once<T, E: From<Error>>(
        env: &AwsEnv,
        now: OffsetDateTime,
        did: &str,
        make: impl Fn(&mut Self) -> Result<T, E>,
    ) -> Result<(T, Outcome), E> {
        let begun = || -> Result<(Self, T), E> {
            let mut edit = Self::begin(env)?;
            let result = make(&mut edit)?;
            Ok((edit, result))
        };
        let (mut edit, mut result) = begun()?;
        if edit.is_unchanged() {
            return Ok((result, Outcome::Unchanged));
        }
        let history = History::beside(&edit.path);
        let _lock = lock(&history)?;
        for _ in 0..MAX_RETRIES {
            match edit.write(&history, now, did) {
                Err(Error::ConfigChanged { .. }) => (edit, result) = begun()?,
                written => return Ok((result, written?)),
            }
        }
        Ok((result, edit.write(&history, now, did)?))
    }

    /// Takes back the last edit that one of these programs made; more of them where it is called
    /// again.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin); [`Error::NothingToUndo`]; [`Error::ConfigChanged`] where
    /// somebody else has changed the file since; [`Error::ReadHistory`].
    pub fn undo(env: &AwsEnv) -> Result<Undo, Error> {
        let mut edit = Self::begin(env)?;
        let past = History::beside(&edit.path).last(&edit.before)?;
        edit.after = past.undone(&edit.before).ok_or(Error::ConfigChanged {
            path: edit.path.clone(),
        })?;
        Ok(Undo { edit, past })
    }

    /// Goes back to the state before the last edit, though somebody else has changed the file
    /// since. The present state is `config.bak` then.
    ///
    /// # Errors
    ///
    /// As [`undo`](Self::undo), but for [`Error::ConfigChanged`].
    pub fn undo_by_force(env: &AwsEnv) -> Result<Undo, Error> {
        let mut edit = Self::begin(env)?;
        let (past, before) = History::beside(&edit.path).last_with_backup()?;
        edit.after = before;
        Ok(Undo { edit, past })
    }

    fn of_file(path: PathBuf) -> Result<Self, Error> {
        let before = Document::parse(FileKind::Config, read_or_empty(&path)?);
        Ok(Self {
            path,
            after: before.clone(),
            before,
        })
    }

    /// Returns the path of the config file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the file as it is.
    #[must_use]
    pub fn before(&self) -> &Document {
        &self.before
    }

    /// Returns the file as it will be.
    #[must_use]
    pub fn after(&self) -> &Document {
        &self.after
    }

    /// Whether nothing would be written.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.before.as_bytes() == self.after.as_bytes()
    }

    /// Changes what will be written; as a whole, or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::EditConfig`], and [`Error::ConfigSyntax`] where the AWS CLI would reject the file.
    pub fn change(
        &mut self,
        change: impl FnOnce(&mut Document) -> Result<(), EditError>,
    ) -> Result<(), Error> {
        let mut after = self.after.clone();
        change(&mut after).map_err(|error| self.refused(error))?;
        self.after = after;
        Ok(())
    }

    fn refused(&self, error: EditError) -> Error {
        let path = self.path.clone();
        match error {
            EditError::Rejected(problem) => Error::ConfigSyntax {
                place: Place {
                    path,
                    line: problem.line(),
                    column: problem.column(),
                },
                reason: problem.reason(),
            },
            source => Error::EditConfig { path, source },
        }
    }

    /// Returns what changes, as a unified diff fit for a terminal. Only the values of settings
    /// that hold no secrets are shown, see [`Diff::masked`]; it is empty where nothing changes.
    #[must_use]
    pub fn diff(&self) -> String {
        let name = self.path.display().to_string();
        let diff = Diff::new(&name, &self.before, &self.after).masked(is_shown);
        diff.to_string().lines().map(sanitize_indented).collect()
    }

    /// Writes the file, if it is still as it was when the edit began.
    ///
    /// # Errors
    ///
    /// [`Error::ConfigChanged`] where it is not; [`Error::LockConfig`] where another program has
    /// it locked for half a minute; [`Error::ReadOnlyConfig`]; [`Error::WriteConfig`]. The file is as
    /// it was then.
    pub fn commit(self, now: OffsetDateTime, did: &str) -> Result<Outcome, Error> {
        if self.is_unchanged() {
            return Ok(Outcome::Unchanged);
        }
        let history = History::beside(&self.path);
        let _lock = lock(&history)?;
        self.write(&history, now, did)
    }

    /// Writes the file under the lock. Its old state is safe before.
    fn write(&self, history: &History, now: OffsetDateTime, did: &str) -> Result<Outcome, Error> {
        if self.is_unchanged() {
            return Ok(Outcome::Unchanged);
        }
        if read_or_empty(&self.path)? != self.before.as_bytes() {
            let path = self.path.clone();
            return Err(Error::ConfigChanged { path });
        }
        check_not_read_only(&self.path)?;
        let past = PastEdit::new(did, now, &self.before, &self.after);
        let entry = history.add(&past, &self.before)?;
        let options = WriteOptions::new(FileMode::Preserve).scratch(history.folder());
        if let Err(error) = write_atomic(&self.path, self.after.as_bytes(), &options) {
            history.forget(&entry);
            return Err(error.into());
        }
        Ok(Outcome::Changed)
    }
}

impl Undo {
    /// Writes the file as it was before the edit that is taken back.
    ///
    /// # Errors
    ///
    /// As [`ConfigEdit::commit`].
    pub fn commit(self) -> Result<(), Error> {
        let edit = self.edit;
        let history = History::beside(&edit.path);
        let _lock = lock(&history)?;
        if read_or_empty(&edit.path)? != edit.before.as_bytes() {
            return Err(Error::ConfigChanged { path: edit.path });
        }
        check_not_read_only(&edit.path)?;
        history.back_up(&edit.before)?;
        let options = WriteOptions::new(FileMode::Preserve).scratch(history.folder());
        write_atomic(&edit.path, edit.after.as_bytes(), &options)?;
        history.forget_last();
        Ok(())
    }
}

fn lock(history: &History) -> Result<LockedFile, Error> {
    let path = history.folder().join("lock");
    // So that a folder that cannot be made is told as such.
    create_private_dir(history.folder()).map_err(|source| Error::MakeHistory {
        path: history.folder().to_owned(),
        source,
    })?;
    let on_wait = |holder: Option<&locked_file::Holder>| {
        log::warn!("{}", waiting_for_lock(&path, holder));
    };
    Ok(LockedFile::acquire(&path, LOCK_WAIT, on_wait)?)
}

/// A file that its owner has marked so is not replaced by another either.
fn check_not_read_only(path: &Path) -> Result<(), Error> {
    let found = std::fs::metadata(path);
    let is_read_only = found.is_ok_and(|file| file.permissions().readonly());
    if is_read_only {
        let path = path.to_owned();
        return Err(Error::ReadOnlyConfig { path });
    }
    Ok(())
}

/// Sanitizes a line of a diff after its sign and its indentation, which stay.
fn sanitize_indented(line: &str) -> String {
    let is_of_start = |c: char| matches!(c, ' ' | '\t' | '+' | '-');
    let content = line.trim_start_matches(is_of_start);
    let start = &line[..line.len() - content.len()];
    format!("{start}{}\n", sanitize(content))
}

fn is_shown(key: &str) -> bool {
    SHOWN.binary_search(&key).is_ok()
}

/// Returns the warning that this process waits for a lock.
#[must_use]
pub fn waiting_for_lock(path: &Path, holder: Option<&locked_file::Holder>) -> String {
    let holder = holder.map_or_else(|| "another process".to_owned(), ToString::to_string);
    format!("waiting for {holder}, which has locked {}", path.display())
}
