//! Mount points and read-only file systems.

use std::path::Path;

use crate::attributes::Attributes;

/// Returns true if the file system of the file or directory at `path` is read-only, or mounted
/// read-only. Follows symbolic links. Returns false on Windows, and if the path does not exist.
#[must_use]
pub fn is_on_read_only_file_system(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use rustix::fs::{StatVfsMountFlags, statvfs};
        let is_read_only = |found: StatVfsMountFlags| found.contains(StatVfsMountFlags::RDONLY);
        statvfs(path).is_ok_and(|found| is_read_only(found.f_flag))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Returns true if a file or directory is mounted at `path`. Follows symbolic links. Recognises mount
/// points only on Linux since version 5.8.
#[must_use]
pub fn is_mount_point(path: &Path) -> bool {
    Attributes::of(path).is_mount_point
}
