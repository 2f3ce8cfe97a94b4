//! Which file a path means.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::WriteError;

/// The file that a path means, which need not exist.
pub(crate) struct Target {
    pub(crate) path: PathBuf,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) is_linked: bool,
}

impl Target {
    /// Follows the symbolic links at `path`, also to where nothing is yet.
    pub(crate) fn behind_links(path: &Path) -> Result<Self, WriteError> {
        // As many as Linux follows.
        const MOST_LINKS: usize = 40;

        let mut target = path.to_owned();
        for followed in 0..=MOST_LINKS {
            let metadata = metadata_of(&target).map_err(WriteError::cannot_write(&target))?;
            match &metadata {
                Some(found) if found.is_symlink() => {
                    let link = fs::read_link(&target).map_err(WriteError::cannot_write(&target))?;
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

    pub(crate) fn folder(&self) -> &Path {
        folder_of(&self.path)
    }
}

/// Returns what is at `path` itself, be it a symbolic link, or `None` for nothing.
fn metadata_of(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
