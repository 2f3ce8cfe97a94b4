//! Durable removal of a file.

use std::fs;
use std::io;
use std::path::Path;

use crate::immutable::Immutable;
use crate::in_place::Means;
use crate::options::{Durability, FileMode};
use crate::owner::{explain_denied, foreign_dir_error};
use crate::private::{check_writable, sync_dir};
use crate::target::{Target, dir_of};

/// Removes the file at `path` and flushes the removal to disk. A missing file is not an error.
///
/// If `path` is a symbolic link, removes the target and keeps the link, so that the content can no
/// longer be read through either path. Other hard links to the file remain. A file that can be
/// overwritten but not removed, such as a mount point, is emptied.
///
/// # Errors
///
/// Returns an error if `path` is not a regular file, or if the operating system cannot remove
/// it.
pub fn remove_file(path: &Path) -> io::Result<()> {
    let target = Target::resolve(path).map_err(io::Error::other)?;
    if target.metadata.is_none() {
        return Ok(());
    }
    match Means::of(&target) {
        Ok(Means::InPlace(file)) => file.write(b"", FileMode::Preserve, Durability::Synced),
        _ => remove_without_following(&target.path),
    }
}

/// Removes the name `path`, unless it is a directory, and flushes the removal to disk. A missing
/// file is not an error. Removes a symbolic link itself, never its target.
///
/// # Errors
///
/// Returns an error if `path` is a directory, or if the operating system cannot remove it.
pub fn remove_without_following(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(explain_denied_removal(path, error))
        }
        _ => {
            sync_dir(dir_of(path));
            Ok(())
        }
    }
}

/// Like [`explain_denied`], for the removal of the file at `path`. Without permission to write to its
/// directory, names the owner of the directory. With it, the directory is sticky, and the owner of the
/// file decides.
fn explain_denied_removal(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    if let Some(immutable) = Immutable::explaining(&error, path, path) {
        return immutable.into_error();
    }
    let dir = dir_of(path);
    match check_writable(dir) {
        Ok(()) => explain_denied(path, error),
        Err(_) => foreign_dir_error(dir).unwrap_or(error),
    }
}
