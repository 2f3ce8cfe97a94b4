//! Quarantine for corrupt files, whose content is kept for analysis.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::WriteError;
use crate::in_place::Means;
use crate::private::narrow_mode;
use crate::target::Target;
use crate::temporary::create_dir;

const MAX_NUMBER: usize = 9;

/// Moves the file or directory at `path` into `dir` and returns its new path.
///
/// The new name is the first unused one of `name` and `name.2` to `name.9`. If all are in use,
/// replaces `name.9`. If `path` is a symbolic link to a file, moves the file and keeps the link.
/// Removes the permissions of group and others from the moved file. A symbolic link to something
/// else, such as a device, is moved itself, and its target keeps its permissions. A file that can be
/// overwritten but not moved, such as a mount point, is copied, unless one of these names is already
/// a copy of it.
///
/// # Errors
///
/// [`WriteError::CreateDir`], [`WriteError::NotReplaceable`], or [`WriteError::Write`] if the file
/// cannot be moved, for example to another file system.
pub fn quarantine(path: &Path, dir: &Path, name: &str) -> Result<PathBuf, WriteError> {
    let target = Target::resolve(path).ok();
    let means = target.as_ref().map(Means::of).transpose()?;
    create_dir(dir)?;
    let from = target.map_or_else(|| path.to_owned(), |target| target.path);
    if let Some(Means::InPlace(_)) = means
        && let Some(copy) = copy_of(&from, &quarantined_files(dir, name))
    {
        return Ok(copy);
    }
    let is_free = |to: &PathBuf| fs::symlink_metadata(to).is_err();
    let to = candidates(dir, name)
        .find(is_free)
        .unwrap_or_else(|| dir.join(format!("{name}.{MAX_NUMBER}")));
    let moved = match means {
        Some(Means::InPlace(_)) => fs::copy(from, &to).map(drop),
        #[expect(clippy::disallowed_methods, reason = "no content is written")]
        _ => fs::rename(from, &to),
    };
    moved.map_err(WriteError::cannot_write(&to))?;
    if !is_link(&to) {
        let _ = narrow_mode(&to);
    }
    Ok(to)
}

/// Returns the files that [`quarantine`] has moved to `dir` under `name`. Ignores directories.
#[must_use]
pub fn quarantined_files(dir: &Path, name: &str) -> Vec<PathBuf> {
    let is_file = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|found| !found.is_dir());
    candidates(dir, name).filter(is_file).collect()
}

/// Compares the content only with regular files of the same size: a pipe would block.
fn copy_of(path: &Path, quarantined: &[PathBuf]) -> Option<PathBuf> {
    let length = fs::metadata(path).ok()?.len();
    let bytes = fs::read(path).ok()?;
    let is_copy = |copy: &&PathBuf| {
        let metadata = fs::symlink_metadata(copy);
        metadata.is_ok_and(|found| found.is_file() && found.len() == length)
            && fs::read(copy).is_ok_and(|found| found == bytes)
    };
    quarantined.iter().find(is_copy).cloned()
}

/// The mode of a link is that of its target, which may be a device that others need.
fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

fn candidates(dir: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let numbered = (2..=MAX_NUMBER).map(move |number| format!("{name}.{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .map(move |name| dir.join(name))
}
