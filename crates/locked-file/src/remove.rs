//! Removing a file durably.

use std::fs;
use std::io;
use std::path::Path;

use crate::private::sync_dir;
use crate::target::Target;

/// Removes the file at `path` and flushes the removal to disk. A missing file is not an error.
///
/// If `path` is a symbolic link, the file that it leads to is removed and the link stays, as in a
/// write: the content can no longer be read under any of these names. Other hard links to the
/// file are not found.
///
/// # Errors
///
/// Those of the system, including a `path` that is not a file.
pub fn remove_file(path: &Path) -> io::Result<()> {
    let target = Target::behind_links(path).map_err(io::Error::other)?;
    if target.metadata.is_none() {
        return Ok(());
    }
    match fs::remove_file(&target.path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => {
            sync_dir(target.dir());
            Ok(())
        }
    }
}
