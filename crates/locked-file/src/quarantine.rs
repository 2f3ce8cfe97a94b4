//! Moving a corrupt file out of the way without losing it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::WriteError;
use crate::private::narrow_mode;
use crate::target::Target;
use crate::temporary::create_dir;

/// Number of names that a quarantined file may get; the last one is overwritten.
const MAX_NUMBER: usize = 9;

/// Moves the file or directory at `path` into `dir` and returns its new path.
///
/// The new name is `name`, or the first free one of `name.2` to `name.9`; if none is free,
/// `name.9` is replaced. If `path` is a symbolic link to a file, the file is moved and the link
/// stays. Permissions of group and others are removed.
///
/// # Errors
///
/// [`WriteError::CreateDir`]; [`WriteError::Write`] if it cannot be moved, for example to another
/// file system.
pub fn quarantine(path: &Path, dir: &Path, name: &str) -> Result<PathBuf, WriteError> {
    create_dir(dir)?;
    let from = Target::behind_links(path).map_or_else(|_| path.to_owned(), |target| target.path);
    let is_free = |to: &PathBuf| fs::symlink_metadata(to).is_err();
    let to = candidates(dir, name)
        .find(is_free)
        .unwrap_or_else(|| dir.join(format!("{name}.{MAX_NUMBER}")));
    #[expect(clippy::disallowed_methods, reason = "only a name is written")]
    let moved = fs::rename(from, &to);
    moved.map_err(WriteError::cannot_write(&to))?;
    let _ = narrow_mode(&to);
    Ok(to)
}

/// Returns the files, without directories, that [`quarantine`] has moved to `dir` under `name`.
#[must_use]
pub fn quarantined_files(dir: &Path, name: &str) -> Vec<PathBuf> {
    let is_file = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|found| !found.is_dir());
    candidates(dir, name).filter(is_file).collect()
}

fn candidates(dir: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let numbered = (2..=MAX_NUMBER).map(move |number| format!("{name}.{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .map(move |name| dir.join(name))
}
