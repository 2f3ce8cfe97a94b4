//! Removing a file, for good.

use std::fs;
use std::io;
use std::path::Path;

use crate::private::sync_folder;
use crate::target::Target;

/// Removes the file that `path` means, and flushes that to disk. Nothing there is fine.
///
/// Where `path` is a symbolic link, the file that it leads to is removed and the link stays, as
/// it does when the file is written: what was in it can be read nowhere then. Other hard links
/// to the file are not found.
///
/// # Errors
///
/// Those of the system, also where something else than a file is there.
pub fn remove_file(path: &Path) -> io::Result<()> {
    let target = Target::behind_links(path).map_err(io::Error::other)?;
    if target.metadata.is_none() {
        return Ok(());
    }
    match fs::remove_file(&target.path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => {
            sync_folder(target.folder());
            Ok(())
        }
    }
}
