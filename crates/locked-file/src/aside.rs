//! Setting aside what is in the way, lest it be lost.

use std::fs;
use std::path::{Path, PathBuf};

use crate::target::Target;
use crate::temporary::create_folder;
use crate::{WriteError, narrow_mode};

/// Moves what is at `path`, whatever it is, into `folder`, where it is called `name`, or `name.2`
/// to `name.9` where that is taken; the last of them is replaced. Returns where it is now.
///
/// Where `path` is a symbolic link to a file, that file is moved and the link stays. The rights
/// of others are taken away.
///
/// # Errors
///
/// [`WriteError::Folder`], and [`WriteError::Write`] where it cannot be moved, as to another file
/// system.
pub fn set_aside(path: &Path, folder: &Path, name: &str) -> Result<PathBuf, WriteError> {
    create_folder(folder)?;
    let from = Target::behind_links(path).map_or_else(|_| path.to_owned(), |target| target.path);
    let free = |place: &PathBuf| fs::symlink_metadata(place).is_err();
    let to = places(folder, name)
        .find(free)
        .unwrap_or_else(|| folder.join(format!("{name}.{MOST}")));
    #[expect(clippy::disallowed_methods, reason = "nothing is written but a name")]
    let moved = fs::rename(from, &to);
    moved.map_err(WriteError::cannot_write(&to))?;
    let _ = narrow_mode(&to);
    Ok(to)
}

/// Returns the files, no folders, that [`set_aside`] has put into `folder` under `name`.
#[must_use]
pub fn files_set_aside(folder: &Path, name: &str) -> Vec<PathBuf> {
    let is_file = |place: &PathBuf| fs::symlink_metadata(place).is_ok_and(|found| !found.is_dir());
    places(folder, name).filter(is_file).collect()
}

const MOST: usize = 9;

fn places(folder: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let others = (2..=MOST).map(move |number| format!("{name}.{number}"));
    std::iter::once(name.to_owned())
        .chain(others)
        .map(move |name| folder.join(name))
}
