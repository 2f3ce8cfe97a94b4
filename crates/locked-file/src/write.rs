//! Replacing a file as a whole: a reader sees the old one or the new one, never a part.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use crate::private::{check_writable, create_private_folder, sync_folder};
use crate::{Uninterrupted, WriteError};

const TEMPORARY_PREFIX: &str = ".locked-file-";
const TEMPORARY_SUFFIX: &str = ".tmp";
/// A temporary file that is older was left behind by a process that died.
const STALE_AFTER: Duration = Duration::from_secs(60 * 60);

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
                check_writable(target.folder()).map_err(cannot_make_files(target.folder()))?;
                temporary_in(scratch)?
            }
            _ => temporary_in(target.folder())?,
        };
        Ok(Self {
            temporary,
            permissions: target.permissions(options.mode),
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
        reserved.map_err(cannot_write(&self.target))
    }

    /// Puts a file that holds `bytes` in place.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`]; the old file is then unharmed.
    pub fn commit(mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.fill(bytes).map_err(cannot_write(&self.target))?;
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
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                self.temporary = temporary_in(folder_of(&self.target))?;
                self.fill(bytes).map_err(cannot_write(&self.target))?;
                persist(self.temporary, &self.target).map_err(cannot_write(&self.target))
            }
            persisted => persisted.map_err(cannot_write(&self.target)),
        }
    }
}

/// Returns the file that `path` means, which need not exist, behind symbolic links.
pub(crate) fn behind_links(path: &Path) -> Result<PathBuf, WriteError> {
    Target::behind_links(path).map(|target| target.path)
}

/// The file that a path means.
struct Target {
    path: PathBuf,
    metadata: Option<Metadata>,
    is_linked: bool,
}

impl Target {
    /// Follows the symbolic links at `path`, also to where nothing is yet.
    fn behind_links(path: &Path) -> Result<Self, WriteError> {
        // As many as Linux follows.
        const MOST_LINKS: usize = 40;

        let mut target = path.to_owned();
        for followed in 0..=MOST_LINKS {
            let metadata = metadata_of(&target).map_err(cannot_write(&target))?;
            match &metadata {
                Some(found) if found.is_symlink() => {
                    let link = fs::read_link(&target).map_err(cannot_write(&target))?;
                    target = folder_of(&target).join(link);
                }
                Some(found) if !found.is_file() => break,
                _ => {
                    return Ok(Self {
                        path: target,
                        metadata,
                        is_linked: followed > 0,
                    });
                }
            }
        }
        Err(WriteError::NotAFile { path: target })
    }

    fn folder(&self) -> &Path {
        folder_of(&self.path)
    }

    fn permissions(&self, mode: FileMode) -> Option<Permissions> {
        match mode {
            FileMode::Kept if cfg!(unix) => self.metadata.as_ref().map(Metadata::permissions),
            _ => None,
        }
    }
}

/// Returns what is at `path` itself, be it a symbolic link, or `None` for nothing.
fn metadata_of(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn create_folder(folder: &Path) -> Result<(), WriteError> {
    create_private_folder(folder).map_err(|source| WriteError::Folder {
        path: folder.to_owned(),
        source,
    })
}

/// Makes an empty temporary file of mode 0600 in `folder`, and removes stale ones.
fn temporary_in(folder: &Path) -> Result<NamedTempFile, WriteError> {
    create_folder(folder)?;
    let temporary = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .suffix(TEMPORARY_SUFFIX)
        .tempfile_in(folder)
        .map_err(cannot_make_files(folder))?;
    remove_stale(folder, temporary.as_file());
    Ok(temporary)
}

/// Removes the temporary files in `folder` that are an hour older than `newest`, by the file
/// system's own clock. Those that cannot be removed are left for the next time.
fn remove_stale(folder: &Path, newest: &File) {
    let Ok(now) = newest.metadata().and_then(|metadata| metadata.modified()) else {
        return;
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours = name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX);
        if is_ours && is_stale(&entry, now) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_stale(entry: &fs::DirEntry, now: SystemTime) -> bool {
    let modified = entry.metadata().and_then(|metadata| metadata.modified());
    let age = modified.ok().and_then(|at| now.duration_since(at).ok());
    age.is_some_and(|age| age > STALE_AFTER)
}

/// Renames `temporary` over `target`. On Windows that is refused while somebody reads the old
/// file, which does not take long.
fn persist(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    let mut temporary = temporary.into_temp_path();
    let mut pause = Duration::from_millis(1);
    loop {
        match temporary.persist(target) {
            Err(refused) if is_being_read(&refused.error) && pause.as_millis() < 500 => {
                temporary = refused.path;
                std::thread::sleep(pause);
                pause *= 2;
            }
            persisted => return persisted.map_err(|refused| refused.error),
        }
    }
}

fn is_being_read(error: &io::Error) -> bool {
    cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied
}

fn cannot_make_files(folder: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = folder.to_owned();
    |source| WriteError::Prepare { path, source }
}

fn cannot_write(target: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = target.to_owned();
    |source| WriteError::Write { path, source }
}
