//! File systems without modes.

#[cfg(unix)]
use std::fs;
use std::path::Path;

#[cfg(unix)]
use crate::temporary::temporary_file;

/// Returns false if the file system of the directory `dir` ignores or refuses changes of modes, like
/// that of a Windows drive in WSL. Creates a temporary file in `dir` and removes it. Returns true if
/// the file cannot be created, and on Windows.
#[must_use]
pub fn has_modes(dir: &Path) -> bool {
    #[cfg(unix)]
    if let Ok(probe) = temporary_file(dir) {
        use std::os::unix::fs::PermissionsExt as _;
        // Another mode than that of any new file.
        const MODE: u32 = 0o500;
        let probe = probe.as_file();
        let _ = probe.set_permissions(fs::Permissions::from_mode(MODE));
        let found = probe.metadata().map(|found| found.permissions().mode());
        return found.is_ok_and(|mode| mode & 0o777 == MODE);
    }
    let _ = dir;
    true
}
