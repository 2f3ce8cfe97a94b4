//! Files that cannot be replaced, so that their content is overwritten.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::Path;

use crate::error::{Obstacle, WriteError};
use crate::options::{Durability, FileMode};
use crate::private::{narrow_file, open_existing};
use crate::target::Target;

/// An existing file, opened to overwrite its content.
#[derive(Debug)]
pub(crate) struct InPlace(File);

/// The way in which a write changes a file.
#[derive(Debug)]
pub(crate) enum Means {
    /// The file is replaced or created by a rename. If that fails, an existing file may be opened
    /// already to overwrite its content.
    Rename(Option<InPlace>),
    /// The content of the file is overwritten, since the file cannot be replaced.
    InPlace(InPlace),
}

impl Means {
    /// Checks how `target` can be written. Does not change it.
    pub(crate) fn of(target: &Target) -> Result<Self, WriteError> {
        if target.metadata.is_none() {
            return Ok(Self::Rename(None));
        }
        let file = InPlace::open(target);
        match (Obstacle::to_replacing(target), file) {
            (None, Err(WriteError::Write { source, path })) if forbids_renaming(&source) => {
                Err(WriteError::Write { path, source })
            }
            (None, file) => Ok(Self::Rename(file.ok())),
            (Some(obstacle), file) if obstacle.allows_writing() => file.map(Self::InPlace),
            (Some(obstacle), _) => Err(WriteError::NotReplaceable {
                path: target.path.clone(),
                obstacle,
            }),
        }
    }

    /// Returns the file whose content can be overwritten, if there is one.
    pub(crate) fn in_place(&self) -> Option<&InPlace> {
        match self {
            Self::Rename(file) => file.as_ref(),
            Self::InPlace(file) => Some(file),
        }
    }
}

impl InPlace {
    /// Fails if another user owns the file, who could then read a secret in it.
    fn open(target: &Target) -> Result<Self, WriteError> {
        #[cfg(unix)]
        if let Some(metadata) = &target.metadata {
            let owner = std::os::unix::fs::MetadataExt::uid(metadata);
            if crate::obstacle::is_foreign(owner) {
                return Err(WriteError::NotReplaceable {
                    path: target.path.clone(),
                    obstacle: Obstacle::OtherOwner { owner },
                });
            }
        }
        let opened = open_existing(&target.path);
        opened
            .map(Self)
            .map_err(WriteError::cannot_write(&target.path))
    }

    /// Returns false if the path now refers to another file.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
            let open = self.0.metadata().map(id);
            let found = std::fs::symlink_metadata(path).map(id);
            matches!((open, found), (Ok(open), Ok(found)) if open == found)
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            false
        }
    }

    /// Reserves disk space for `length` bytes, if the file system can reserve it. Does not change
    /// the content.
    pub(crate) fn reserve(&self, length: usize) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{FallocateFlags, fallocate};
            use rustix::io::Errno;
            let length = length.max(1) as u64;
            let reserved = fallocate(&self.0, FallocateFlags::KEEP_SIZE, 0, length);
            if let Err(full @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) = reserved {
                return Err(full.into());
            }
        }
        let _ = length;
        Ok(())
    }

    /// Overwrites the content. Reserves disk space first, so that a full disk leaves the old
    /// content.
    pub(crate) fn write(
        &self,
        bytes: &[u8],
        mode: FileMode,
        durability: Durability,
    ) -> io::Result<()> {
        self.reserve(bytes.len())?;
        let mut file = &self.0;
        if mode == FileMode::Private {
            let _ = narrow_file(file, &file.metadata()?);
        }
        file.rewind()?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        match durability {
            Durability::Synced => file.sync_all(),
            Durability::Relaxed => Ok(()),
        }
    }
}

/// EPERM means a file with a protection that also applies to its name, unlike EACCES, which only
/// means missing permissions for its content.
fn forbids_renaming(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        matches!(Errno::from_io_error(error), Some(Errno::PERM | Errno::ROFS))
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}
