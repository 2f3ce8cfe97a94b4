//! The temporary files that replace others.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use crate::WriteError;
use crate::private::create_private_folder;

const PREFIX: &str = ".locked-file-";
const SUFFIX: &str = ".tmp";

/// A temporary file that is older was left behind by a process that died.
const STALE_AFTER: Duration = Duration::from_secs(60 * 60);

/// Makes an empty temporary file of mode 0600 in `folder`, and removes stale ones.
pub(crate) fn temporary_in(folder: &Path) -> Result<NamedTempFile, WriteError> {
    create_folder(folder)?;
    let temporary = tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempfile_in(folder)
        .map_err(WriteError::cannot_make_files(folder))?;
    remove_stale(folder, temporary.as_file());
    Ok(temporary)
}

/// Removes the temporary files in `folder` that are an hour older than `newest`, by the file
/// system's own clock. Those that cannot be removed are left for the next time.
fn remove_stale(folder: &Path, newest: &File) {
    let Ok(now) = newest.metadata().and_then(|metadata| metadata.modified()) else {
        return;
    };
    for path in temporary_files(folder) {
        if is_stale(&path, now) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Returns the temporary files in `folder`: those of writes that are under way, and what was left
/// behind by processes that died.
#[must_use]
pub fn temporary_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_ours = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    };
    entries.filter(is_ours).map(|entry| entry.path()).collect()
}

fn is_stale(path: &Path, now: SystemTime) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    let age = modified.ok().and_then(|at| now.duration_since(at).ok());
    age.is_some_and(|age| age > STALE_AFTER)
}

/// Renames `temporary` over `target`. On Windows that is refused while somebody reads the old
/// file, which does not take long.
pub(crate) fn persist(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
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

/// Makes sure that `folder` is there.
pub(crate) fn create_folder(folder: &Path) -> Result<(), WriteError> {
    create_private_folder(folder).map_err(|source| WriteError::Folder {
        path: folder.to_owned(),
        source,
    })
}
