//! Atomic replacement of a file: readers see the old content or the new content, never a mixture.

use std::fs::{Metadata, Permissions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::critical_section::CriticalSection;
use crate::error::WriteError;
use crate::private::{check_writable, sync_dir};
use crate::target::{Target, dir_of};
use crate::temporary::{create_dir, persist, temporary_in};

/// Options of a write.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WriteOptions<'a> {
    /// Mode of the new file.
    pub mode: FileMode,
    /// Durability after a system crash.
    pub durability: Durability,
    /// Directory for the temporary file, created if it is missing; `None` for the directory of the
    /// file. The directory of the file is also used if the path is a symbolic link, or if `scratch`
    /// is on another file system.
    pub scratch: Option<&'a Path>,
}

/// Mode of the new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileMode {
    /// The mode of the old file; 0600 if there is none.
    Preserve,
    /// 0600, regardless of the mode of the old file.
    Private,
}

/// Durability after a system crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The content and the directory entry are flushed to disk before the write returns.
    Synced,
    /// Nothing is flushed: after a crash the file may be empty or incomplete. Use this for content
    /// that can be requested again.
    Relaxed,
}

impl<'a> WriteOptions<'a> {
    /// Returns options with [`Durability::Synced`] and the temporary file in the directory of the
    /// file.
    #[must_use]
    pub fn new(mode: FileMode) -> Self {
        Self {
            mode,
            durability: Durability::Synced,
            scratch: None,
        }
    }

    /// Sets the durability.
    #[must_use]
    pub fn durability(self, durability: Durability) -> Self {
        Self { durability, ..self }
    }

    /// Sets the directory for the temporary file.
    #[must_use]
    pub fn scratch(self, dir: &'a Path) -> Self {
        let scratch = Some(dir);
        Self { scratch, ..self }
    }
}

/// Replaces or creates the file at `path`, with the content `bytes`.
///
/// If `path` is a symbolic link, replaces the target and keeps the link. Creates missing
/// directories with mode 0700. The write is a [`CriticalSection`].
///
/// # Errors
///
/// Returns a [`WriteError`]. The old file is then unchanged.
pub fn write_atomic(path: &Path, bytes: &[u8], options: &WriteOptions) -> Result<(), WriteError> {
    PreparedWrite::prepare(path, options)?.commit(bytes)
}

/// A write whose temporary file exists already. Use this for content that must not be requested
/// unless it can be saved, and call [`PreparedWrite::reserve`] before the request.
///
/// This value is a [`CriticalSection`] until [`PreparedWrite::commit`] returns. If it is dropped
/// without a commit, the file is unchanged.
#[derive(Debug)]
#[must_use = "nothing is written before `commit`"]
pub struct PreparedWrite {
    temporary: NamedTempFile,
    target: PathBuf,
    /// Permissions to set, if they are not 0600.
    permissions: Option<Permissions>,
    durability: Durability,
    _section: CriticalSection,
}

impl PreparedWrite {
    /// Creates the temporary file and checks that it can replace the file at `path`. Removes
    /// temporary files in the same directory that are older than an hour.
    ///
    /// # Errors
    ///
    /// Returns a [`WriteError`], for example [`WriteError::NotAFile`] if `path` is a directory.
    pub fn prepare(path: &Path, options: &WriteOptions) -> Result<Self, WriteError> {
        let section = CriticalSection::begin();
        let target = Target::resolve(path)?;
        let temporary = match options.scratch {
            Some(scratch) if !target.is_linked => {
                create_dir(target.dir())?;
                check_writable(target.dir())
                    .map_err(WriteError::cannot_create_files(target.dir()))?;
                temporary_in(scratch)?
            }
            _ => temporary_in(target.dir())?,
        };
        Ok(Self {
            temporary,
            permissions: options.mode.permissions(target.metadata.as_ref()),
            target: target.path,
            durability: options.durability,
            _section: section,
        })
    }

    /// Reserves `length` bytes of disk space, so that a commit of at most `length` bytes does not
    /// fail on a full disk.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`], for example on a full disk.
    pub fn reserve(&mut self, length: usize) -> Result<(), WriteError> {
        let temporary = self.temporary.as_file_mut();
        // Network file systems report a full disk only when the file is flushed.
        let reserved = temporary
            .write_all(&vec![0; length])
            .and_then(|()| temporary.sync_all());
        reserved.map_err(WriteError::cannot_write(&self.target))
    }

    /// Replaces the file, with the content `bytes`.
    ///
    /// # Errors
    ///
    /// Returns a [`WriteError`]. The old file is then unchanged.
    pub fn commit(self, bytes: &[u8]) -> Result<(), WriteError> {
        self.commit_if(bytes, || Ok(()))
    }

    /// Replaces the file like [`commit`](Self::commit), if `check` succeeds. Calls `check` right
    /// before the rename, for example to compare the file with its expected content.
    ///
    /// # Errors
    ///
    /// A [`WriteError`], or the error of `check`. The old file is then unchanged.
    pub fn commit_if<E: From<WriteError>>(
        mut self,
        bytes: &[u8],
        check: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        self.fill(bytes)
            .map_err(WriteError::cannot_write(&self.target))?;
        let dir = dir_of(&self.target).to_owned();
        let durability = self.durability;
        check()?;
        self.persist(bytes)?;
        if durability == Durability::Synced {
            sync_dir(&dir);
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
            Durability::Relaxed => Ok(()),
        }
    }

    fn persist(mut self, bytes: &[u8]) -> Result<(), WriteError> {
        match persist(self.temporary, &self.target) {
            Err(error) if needs_new_temporary(&error) => {
                self.temporary = temporary_in(dir_of(&self.target))?;
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
    /// Returns the permissions to set on the temporary file, if they are not 0600.
    fn permissions(self, old: Option<&Metadata>) -> Option<Permissions> {
        match self {
            Self::Preserve if cfg!(unix) => old.map(Metadata::permissions),
            _ => None,
        }
    }
}

/// Returns whether the scratch directory is on another file system, or the temporary file was
/// removed. After hours between prepare and commit, for example because the machine was suspended,
/// another process may remove the temporary file as stale.
fn needs_new_temporary(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::CrossesDevices | io::ErrorKind::NotFound
    )
}
