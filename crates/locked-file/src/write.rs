//! Atomic replacement of a file: readers see the old content or the new content, never a mixture.

use std::fs::{Metadata, Permissions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::critical_section::CriticalSection;
use crate::error::{Obstacle, WriteError};
use crate::in_place::Means;
use crate::obstacle::{is_append_only, is_same_mount};
use crate::options::{Durability, FileMode, WriteOptions};
use crate::private::{check_writable, sync_dir};
use crate::target::{Target, dir_of};
use crate::temporary::{create_dir, persist, temporary_in};

/// Outcome of [`PreparedWrite::commit`].
#[derive(Debug)]
pub enum Written {
    /// The file was replaced or created.
    Replaced,
    /// The content of the file was overwritten, since the file cannot be replaced. The error is
    /// that of an attempt to replace it; `None` if it was known before.
    InPlace(Option<WriteError>),
}

/// Replaces or creates the file at `path`, with the content `bytes`.
///
/// If `path` is a symbolic link, replaces the target and keeps the link, unless the options say
/// otherwise. A file that can be written but not replaced, such as a mount point, is overwritten.
/// Creates missing directories with mode 0700. The write is a [`CriticalSection`].
///
/// # Errors
///
/// Returns a [`WriteError`]. The old file is then unchanged, unless it was overwritten.
pub fn write_atomic(path: &Path, bytes: &[u8], options: &WriteOptions) -> Result<(), WriteError> {
    PreparedWrite::prepare(path, options)?.commit(bytes)?;
    Ok(())
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
    plan: Plan,
    _section: CriticalSection,
}

#[derive(Debug)]
struct Plan {
    target: PathBuf,
    means: Means,
    /// True if the content must not be lost.
    is_reserved: bool,
    mode: FileMode,
    /// Permissions to set, if they are not 0600.
    permissions: Option<Permissions>,
    durability: Durability,
}

impl PreparedWrite {
    /// Creates the temporary file and checks that it can replace the file at `path`, as far as this
    /// is possible without a change to the file. Removes temporary files in the same directory that
    /// are older than an hour.
    ///
    /// # Errors
    ///
    /// Returns a [`WriteError`], for example [`WriteError::NotAFile`] if `path` is a directory, or
    /// [`WriteError::NotReplaceable`] if the file is immutable.
    pub fn prepare(path: &Path, options: &WriteOptions) -> Result<Self, WriteError> {
        let section = CriticalSection::begin();
        let target = if options.follows_links {
            Target::resolve(path)?
        } else {
            Target::without_following(path)?
        };
        let means = Means::of(&target)?;
        Ok(Self {
            temporary: temporary_for(&target, &means, options)?,
            plan: Plan {
                means,
                is_reserved: false,
                mode: options.mode,
                permissions: options.mode.permissions(target.metadata.as_ref()),
                target: target.path,
                durability: options.durability,
            },
            _section: section,
        })
    }

    /// Reserves `length` bytes of disk space, so that a commit of at most `length` bytes does not
    /// fail on a full disk. A commit that then cannot replace the file overwrites its content.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`], for example on a full disk.
    pub fn reserve(&mut self, length: usize) -> Result<(), WriteError> {
        self.plan.is_reserved = true;
        let reserved = self.try_to_reserve(length);
        reserved.map_err(WriteError::cannot_write(&self.plan.target))
    }

    fn try_to_reserve(&mut self, length: usize) -> io::Result<()> {
        let temporary = self.temporary.as_file_mut();
        temporary.write_all(&vec![0; length])?;
        // Network file systems report a full disk only when the file is flushed.
        temporary.sync_all()?;
        match &self.plan.means {
            Means::InPlace(file) => file.reserve(length),
            Means::Rename(_) => Ok(()),
        }
    }

    /// Replaces the file, with the content `bytes`.
    ///
    /// # Errors
    ///
    /// Returns a [`WriteError`]. The old file is then unchanged, unless it was overwritten.
    pub fn commit(self, bytes: &[u8]) -> Result<Written, WriteError> {
        self.commit_if(bytes, || Ok(()))
    }

    /// Replaces the file like [`commit`](Self::commit), if `check` succeeds. Calls `check` right
    /// before the change, for example to compare the file with its expected content.
    ///
    /// # Errors
    ///
    /// A [`WriteError`], or the error of `check`. The old file is then unchanged, unless it was
    /// overwritten.
    pub fn commit_if<E: From<WriteError>>(
        self,
        bytes: &[u8],
        check: impl FnOnce() -> Result<(), E>,
    ) -> Result<Written, E> {
        let (mut temporary, plan) = (self.temporary, self.plan);
        let filled = plan.fill(&mut temporary, bytes);
        check()?;
        let written = filled
            .map_err(WriteError::cannot_write(&plan.target))
            .and_then(|()| plan.carry_out(temporary, bytes));
        match written {
            Err(error) if plan.may_overwrite_after(&error) && plan.overwrites(bytes) => {
                Ok(Written::InPlace(Some(error)))
            }
            written => Ok(written?),
        }
    }
}

impl Plan {
    /// Changes the file. The whole content is in the temporary file.
    fn carry_out(&self, temporary: NamedTempFile, bytes: &[u8]) -> Result<Written, WriteError> {
        match &self.means {
            Means::Rename(_) => {
                self.replace(temporary, bytes)?;
                Ok(Written::Replaced)
            }
            Means::InPlace(file) => {
                file.write(bytes, self.mode, self.durability)
                    .map_err(WriteError::cannot_write(&self.target))?;
                Ok(Written::InPlace(None))
            }
        }
    }

    fn fill(&self, temporary: &mut NamedTempFile, bytes: &[u8]) -> io::Result<()> {
        let file = temporary.as_file_mut();
        file.rewind()?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        if let Some(permissions) = &self.permissions {
            // Some file systems refuse this, such as that of a Windows drive in WSL.
            let _ = file.set_permissions(permissions.clone());
        }
        match self.durability {
            Durability::Synced => file.sync_all(),
            Durability::Relaxed => Ok(()),
        }
    }

    fn replace(&self, temporary: NamedTempFile, bytes: &[u8]) -> Result<(), WriteError> {
        let dir = dir_of(&self.target);
        let renamed = match persist(temporary, &self.target) {
            Err(error) if needs_new_temporary(&error) => {
                let mut temporary = temporary_in(dir)?;
                self.fill(&mut temporary, bytes)
                    .and_then(|()| persist(temporary, &self.target))
            }
            renamed => renamed,
        };
        renamed.map_err(WriteError::cannot_write(&self.target))?;
        if self.durability == Durability::Synced {
            sync_dir(dir);
        }
        Ok(())
    }

    /// Returns true if the content must not be lost, or if the file is a mount point that was not
    /// recognised as such.
    fn may_overwrite_after(&self, error: &WriteError) -> bool {
        let is_busy = matches!(error, WriteError::Write { source, .. }
            if source.kind() == io::ErrorKind::ResourceBusy);
        self.is_reserved || is_busy
    }

    /// Overwrites the content of the existing file, as the last resort. Returns false if that is
    /// impossible.
    fn overwrites(&self, bytes: &[u8]) -> bool {
        self.means.in_place().is_some_and(|file| {
            file.is_at(&self.target) && file.write(bytes, self.mode, self.durability).is_ok()
        })
    }
}

/// Creates the temporary file in a directory from which it can be renamed to `target`.
fn temporary_for(
    target: &Target,
    means: &Means,
    options: &WriteOptions,
) -> Result<NamedTempFile, WriteError> {
    let dir = target.dir();
    if let Some(scratch) = options.scratch
        && !target.is_linked
    {
        create_dir(dir)?;
        if let Means::Rename(_) = means {
            check_writable(dir).map_err(WriteError::cannot_create_files(dir))?;
        }
        create_dir(scratch)?;
        if !is_append_only(scratch) && is_same_mount(scratch, dir) {
            return temporary_in(scratch);
        }
    }
    if is_append_only(dir) {
        // A temporary file could not be removed again.
        return Err(WriteError::NotReplaceable {
            path: target.path.clone(),
            obstacle: Obstacle::AppendOnlyDirectory,
        });
    }
    temporary_in(dir)
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
