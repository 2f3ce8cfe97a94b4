//! Targets of paths that may be symbolic links.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::WriteError;

/// A file, possibly missing, that a path refers to after following symbolic links.
pub(crate) struct Target {
    pub(crate) path: PathBuf,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) is_linked: bool,
}

/// The limit of the Linux kernel.
const MAX_LINKS: usize = 40;

impl Target {
    pub(crate) fn resolve(path: &Path) -> Result<Self, WriteError> {
        let mut target = path.to_owned();
        for followed in 0..=MAX_LINKS {
            let metadata = metadata_of(&target).map_err(WriteError::cannot_write(&target))?;
            match &metadata {
                Some(found) if found.is_symlink() => {
                    let link = fs::read_link(&target).map_err(WriteError::cannot_write(&target))?;
                    target = dir_of(&target).join(link);
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

    /// Returns `path` itself. A symbolic link counts as missing, because a rename replaces it.
    pub(crate) fn without_following(path: &Path) -> Result<Self, WriteError> {
        let found = metadata_of(path).map_err(WriteError::cannot_write(path))?;
        let metadata = found.filter(|found| !found.is_symlink());
        if metadata.as_ref().is_some_and(|found| !found.is_file()) {
            return Err(WriteError::NotAFile {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            metadata,
            is_linked: false,
        })
    }

    pub(crate) fn dir(&self) -> &Path {
        dir_of(&self.path)
    }
}

/// Returns the path of the file, possibly missing, that the symbolic link `path` leads to. Returns
/// `None` if `path` is not a symbolic link, or does not lead to a regular file.
#[must_use]
pub fn linked_file(path: &Path) -> Option<PathBuf> {
    let target = Target::resolve(path).ok()?;
    target.is_linked.then_some(target.path)
}

/// Returns true if `path` leads to a descriptor of a process, such as `/dev/stdin` or `/dev/fd/3`. Another
/// process finds another file there, or none.
#[must_use]
pub fn is_descriptor(path: &Path) -> bool {
    let mut target = path.to_owned();
    for _ in 0..=MAX_LINKS {
        if dir_of(&target)
            .canonicalize()
            .is_ok_and(|dir| lists_descriptors(&dir))
        {
            return true;
        }
        match fs::read_link(&target) {
            Ok(link) => target = dir_of(&target).join(link),
            Err(_) => return false,
        }
    }
    false
}

/// On Linux, `/dev/fd` is a link to `/proc/self/fd`.
fn lists_descriptors(dir: &Path) -> bool {
    dir == Path::new("/dev/fd") || dir.starts_with("/proc") && dir.ends_with("fd")
}

/// Does not follow links. Returns `None` if `path` does not exist.
fn metadata_of(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

pub(crate) fn dir_of(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}
