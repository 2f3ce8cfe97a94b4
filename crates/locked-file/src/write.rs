//! Replacing a file as a whole: a reader sees the old one or the new one, never a part.

use std::fs::{Metadata, Permissions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::private::{check_writable, sync_folder};
use crate::target::{Target, folder_of};
use crate::temporary::{create_folder, persist, temporary_in};
use crate::{Uninterrupted, WriteError};

/// How a file is replaced.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WriteOptions<'a> {
    /// The mode of the new file.
    pub mode: FileMode,
    /// What a crash of the system may cost.
    pub durability: Durability,
    /// The folder for the temporary file, made where it is missing; `None` for the folder of the
    /// file itself. That one is taken too where a symbolic link leads elsewhere, or where
    /// `scratch` turns out to be on another file system.
    pub scratch: Option<&'a Path>,
}

/// The mode of a file that is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileMode {
    /// The mode that the old file has; 0600 for a new one.
    Kept,
    /// 0600, whatever the old file has.
    Private,
}

/// What a crash of the system may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: the file and the names in its folder are on disk before the write returns.
    Synced,
    /// The file, which may be found empty or torn. For what can be had again.
    Light,
}

impl<'a> WriteOptions<'a> {
    /// Returns the options for a file that must survive a crash, with the temporary file beside
    /// it.
    #[must_use]
    pub fn new(mode: FileMode) -> Self {
        Self {
            mode,
            durability: Durability::Synced,
            scratch: None,
        }
    }

    /// Returns the options with another durability.
    #[must_use]
    pub fn durability(self, durability: Durability) -> Self {
        Self { durability, ..self }
    }

    /// Returns the options with `folder` for the temporary file.
    #[must_use]
    pub fn scratch(self, folder: &'a Path) -> Self {
        let scratch = Some(folder);
        Self { scratch, ..self }
    }
}

/// Replaces the file at `path`, or makes it, so that it holds `bytes`.
///
/// A symbolic link stays, and the file that it names is replaced. Missing folders are made,
/// readable for their owner alone. No interrupt falls into the write, see [`Uninterrupted`].
///
/// # Errors
///
/// A [`WriteError`]; the old file is then unharmed.
pub fn write_atomic(path: &Path, bytes: &[u8], options: &WriteOptions) -> Result<(), WriteError> {
    PreparedWrite::prepare(path, options)?.commit(bytes)
}

/// A write of which all is done that can fail for want of rights or space: for content that
/// must not be asked for before it is sure that it can be saved.
///
/// From [`PreparedWrite::prepare`] until [`PreparedWrite::commit`] is one [`Uninterrupted`]
/// step. Dropped without a commit, it leaves everything as it was.
#[derive(Debug)]
#[must_use = "nothing is written before `commit`"]
pub struct PreparedWrite {
    temporary: NamedTempFile,
    target: PathBuf,
    /// The mode to set, where it is not 0600.
    permissions: Option<Permissions>,
    durability: Durability,
    _step: Uninterrupted,
}

impl PreparedWrite {
    /// Makes the temporary file and sees whether it could replace the one at `path`. Temporary
    /// files beside it that are older than an hour are removed.
    ///
    /// # Errors
    ///
    /// A [`WriteError`], also where `path` is a folder.
    pub fn prepare(path: &Path, options: &WriteOptions) -> Result<Self, WriteError> {
        let step = Uninterrupted::begin();
        let target = Target::behind_links(path)?;
        let temporary = match options.scratch {
            Some(scratch) if !target.is_linked => {
                create_folder(target.folder())?;
                check_writable(target.folder())
                    .map_err(WriteError::cannot_make_files(target.folder()))?;
                temporary_in(scratch)?
            }
            _ => temporary_in(target.folder())?,
        };
        Ok(Self {
            temporary,
            permissions: options.mode.to_set(target.metadata.as_ref()),
            target: target.path,
            durability: options.durability,
            _step: step,
        })
    }

    /// Takes `length` bytes of the file system for the content, so that a commit of no more than
    /// that does not fail for want of space.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`] where there is no such space.
    pub fn reserve(&mut self, length: usize) -> Result<(), WriteError> {
        let temporary = self.temporary.as_file_mut();
        // A network file system tells of a full disk only when it is flushed.
        let reserved = temporary
            .write_all(&vec![0; length])
            .and_then(|()| temporary.sync_all());
        reserved.map_err(WriteError::cannot_write(&self.target))
    }

    /// Puts a file that holds `bytes` in place.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`]; the old file is then unharmed.
    pub fn commit(mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.fill(bytes)
            .map_err(WriteError::cannot_write(&self.target))?;
        let folder = folder_of(&self.target).to_owned();
        let durability = self.durability;
        self.put_in_place(bytes)?;
        if durability == Durability::Synced {
            sync_folder(&folder);
        }
        Ok(())
    }

    fn fill(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.temporary.as_file_mut();
        file.rewind()?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        if let Some(permissions) = &self.permissions {
            file.set_permissions(permissions.clone())?;
        }
        match self.durability {
            Durability::Synced => file.sync_all(),
            Durability::Light => Ok(()),
        }
    }

    fn put_in_place(mut self, bytes: &[u8]) -> Result<(), WriteError> {
        match persist(self.temporary, &self.target) {
            Err(error) if is_for_want_of_the_temporary(&error) => {
                self.temporary = temporary_in(folder_of(&self.target))?;
                self.fill(bytes)
                    .map_err(WriteError::cannot_write(&self.target))?;
                persist(self.temporary, &self.target)
                    .map_err(WriteError::cannot_write(&self.target))
            }
            persisted => persisted.map_err(WriteError::cannot_write(&self.target)),
        }
    }
}

impl FileMode {
    /// Returns what to set on a new file, which has 0600, to replace the one of `metadata`.
    fn to_set(self, metadata: Option<&Metadata>) -> Option<Permissions> {
        match self {
            Self::Kept if cfg!(unix) => metadata.map(Metadata::permissions),
            _ => None,
        }
    }
}

/// Whether the scratch folder is on another file system, or somebody has cleaned it up: a
/// machine may sleep for hours before a commit.
fn is_for_want_of_the_temporary(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::CrossesDevices | io::ErrorKind::NotFound
    )
}
