//! Files and directories that other users can access, and file systems without modes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Answers to the question whether a file system has modes, which is asked once for each directory.
#[derive(Default)]
pub(super) struct FileSystems(RefCell<BTreeMap<PathBuf, bool>>);

impl FileSystems {
    /// Returns false if the file system of the file or directory `path` ignores or refuses changes of
    /// modes. Follows symbolic links.
    pub(super) fn has_modes(&self, path: &Path) -> bool {
        let Some(dir) = dir_of(path) else {
            return true;
        };
        let known = self.0.borrow().get(&dir).copied();
        known.unwrap_or_else(|| {
            let has_modes = locked_file::has_modes(&dir);
            self.0.borrow_mut().insert(dir, has_modes);
            has_modes
        })
    }
}

/// Returns the directory whose mode or owner keeps the user from the file or directory at `path`, if
/// there is one.
pub(super) fn denied_directory(path: &Path) -> Option<&Path> {
    let is_denied = |path: &&Path| {
        let found = path.symlink_metadata();
        found.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    };
    let mut ancestors = path.ancestors().skip_while(is_denied);
    ancestors.next().filter(|ancestor| *ancestor != path)
}

/// Returns the directory that keeps the user from files in the directory `path`: the directory itself, or
/// one above it.
pub(super) fn denied_to_files_of(path: &Path) -> Option<PathBuf> {
    // The file need not exist.
    denied_directory(&path.join("file")).map(Path::to_owned)
}

/// Returns the directory `path` itself, or that of the file.
fn dir_of(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    if path.is_dir() {
        return Some(path);
    }
    path.parent().map(Path::to_owned)
}

/// Returns the mode of the file or directory at `path` if it grants one of `permissions`. Returns
/// `None` for a device, which is for all users, and for a directory with the sticky bit. Follows
/// symbolic links.
#[cfg(unix)]
pub(super) fn open_mode(path: &Path, permissions: u32) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    let mode = metadata.permissions().mode();
    let is_device = !metadata.is_file() && !metadata.is_dir();
    let is_sticky = metadata.is_dir() && mode & 0o1000 != 0;
    let is_open = mode & permissions != 0 && !is_device && !is_sticky;
    is_open.then_some(mode & 0o777)
}

#[cfg(not(unix))]
pub(super) fn open_mode(_: &Path, _: u32) -> Option<u32> {
    None
}
