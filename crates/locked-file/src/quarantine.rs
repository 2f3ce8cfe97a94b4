//! Quarantine for corrupt files, whose content is kept for analysis.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::error::WriteError;
use crate::in_place::Means;
use crate::private::{narrow_mode, open_itself};
use crate::read::MAX_BYTES;
use crate::remove::remove_without_following;
use crate::target::{Target, dir_of};
use crate::temporary::{create_dir, persist, temporary_in};

const MAX_NUMBER: usize = 9;

/// A quarantined file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quarantined {
    /// The new path.
    pub path: PathBuf,
    /// True if only the first MiB of a file was copied.
    pub is_truncated: bool,
}

/// Moves the file or directory at `path` into `dir` and returns its new path.
///
/// The new name is the first unused one of `name` and `name.2` to `name.9`. If all are in use,
/// replaces `name.9`. If `path` is a symbolic link to a file, moves the file and keeps the link.
/// Removes the permissions of group and others from the moved file. A symbolic link to something
/// else, such as a device, is moved itself, and its target keeps its permissions.
///
/// A file that can be overwritten but not moved, such as a mount point, is copied, up to 1 MiB, unless
/// there is a copy with this content already. A file
/// of at most 1 MiB on another file system than `dir` is copied and removed; anything else there stays
/// on its file system, and is renamed in its own directory.
///
/// # Errors
///
/// [`WriteError::CreateDir`], [`WriteError::NotReplaceable`], or [`WriteError::Write`] if the file
/// cannot be moved.
pub fn quarantine(path: &Path, dir: &Path, name: &str) -> Result<Quarantined, WriteError> {
    let target = Target::resolve(path).ok();
    let means = target.as_ref().map(Means::of).transpose()?;
    create_dir(dir)?;
    let metadata = target.as_ref().and_then(|target| target.metadata.as_ref());
    let is_small = metadata.is_some_and(|found| found.len() <= MAX_BYTES);
    let from = target.map_or_else(|| path.to_owned(), |target| target.path);
    let to = unused(dir, name);
    if let Some(Means::InPlace(_)) = means {
        // The file remains, and would be copied each time.
        return match copy_in(dir, name, &from) {
            Some(copied) => Ok(copied),
            None => copy(&from, to),
        };
    }
    let path = match rename(&from, &to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices && is_small => {
            return move_content(&from, to);
        }
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let beside = unused(dir_of(&from), name);
            rename(&from, &beside).map_err(WriteError::cannot_write(&beside))?;
            beside
        }
        renamed => {
            renamed.map_err(WriteError::cannot_write(&to))?;
            to
        }
    };
    let _ = narrow_mode(&path);
    Ok(Quarantined {
        path,
        is_truncated: false,
    })
}

fn unused(dir: &Path, name: &str) -> PathBuf {
    let is_unused = |to: &PathBuf| fs::symlink_metadata(to).is_err();
    let unused = candidates(dir, name).find(is_unused);
    unused.unwrap_or_else(|| dir.join(format!("{name}.{MAX_NUMBER}")))
}

#[expect(clippy::disallowed_methods, reason = "no content is written")]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Moves a regular file to another file system.
fn move_content(from: &Path, to: PathBuf) -> Result<Quarantined, WriteError> {
    let copied = copy(from, to)?;
    remove_without_following(from).map_err(WriteError::cannot_write(from))?;
    Ok(copied)
}

/// Returns the quarantined file with the content that a copy of `from` would have.
fn copy_in(dir: &Path, name: &str, from: &Path) -> Option<Quarantined> {
    let mut from = open_itself(from).ok()?;
    let mut content = Vec::new();
    from.by_ref()
        .take(MAX_BYTES)
        .read_to_end(&mut content)
        .ok()?;
    let is_truncated = from.read(&mut [0]).ok()? > 0;
    let mut copies = quarantined_files(dir, name).into_iter();
    let path = copies.find(|copy| contains(copy, &content))?;
    Some(Quarantined { path, is_truncated })
}

fn contains(path: &Path, content: &[u8]) -> bool {
    let found = open_itself(path).and_then(|file| {
        let is_candidate = file.metadata()?.is_file();
        let mut found = Vec::new();
        if is_candidate {
            file.take(MAX_BYTES + 1).read_to_end(&mut found)?;
        }
        Ok(is_candidate && found == content)
    });
    found.unwrap_or(false)
}

/// Copies at most 1 MiB of a regular file. The copy is private at all times.
fn copy(from: &Path, to: PathBuf) -> Result<Quarantined, WriteError> {
    let mut temporary = temporary_in(dir_of(&to))?;
    let copied = open_itself(from).and_then(|mut from| {
        io::copy(&mut from.by_ref().take(MAX_BYTES), &mut temporary)?;
        let is_truncated = from.read(&mut [0])? > 0;
        persist(temporary, &to)?;
        Ok(is_truncated)
    });
    let is_truncated = copied.map_err(WriteError::cannot_write(&to))?;
    Ok(Quarantined {
        path: to,
        is_truncated,
    })
}

/// Returns the files that [`quarantine`] has moved to `dir` under `name`. Ignores directories.
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
