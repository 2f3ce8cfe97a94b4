//! Obstacles to replacing a file by a rename, found without a change to the file.

use std::path::Path;

use crate::attributes::Attributes;
use crate::error::Obstacle;
use crate::private::check_writable;
use crate::target::Target;

impl Obstacle {
    /// Returns the obstacle to replacing the existing file `target`, if there is one.
    ///
    /// A file without known obstacles may still be impossible to replace: not all file systems
    /// report attributes, and mount points are recognised only on Linux since version 5.8.
    pub(crate) fn to_replacing(target: &Target) -> Option<Self> {
        let attributes = Attributes::of(&target.path);
        if attributes.is_immutable {
            Some(Self::Immutable)
        } else if attributes.is_append_only {
            Some(Self::AppendOnly)
        } else if let Some(owner) = foreign_owner_in_sticky_dir(target) {
            Some(Self::OtherOwner { owner })
        } else if attributes.is_mount_point {
            Some(Self::MountPoint)
        } else if is_append_only(target.dir()) {
            Some(Self::AppendOnlyDirectory)
        } else {
            None
        }
    }

    /// Returns true if the content of the file can be changed nevertheless.
    pub(crate) fn allows_writing(self) -> bool {
        matches!(self, Self::MountPoint | Self::AppendOnlyDirectory)
    }
}

/// Returns true if the files in `dir` cannot be renamed or removed.
pub(crate) fn is_append_only(dir: &Path) -> bool {
    Attributes::of(dir).is_append_only
}

/// Returns true if this process can create files in `scratch` and rename them to `dir`, as far as the
/// operating system reports it. For a missing directory, the nearest one above it counts.
#[must_use]
pub fn can_replace_from(scratch: &Path, dir: &Path) -> bool {
    let (scratch, dir) = (nearest_dir(scratch), nearest_dir(dir));
    check_writable(scratch).is_ok() && is_same_mount(scratch, dir)
}

fn nearest_dir(path: &Path) -> &Path {
    let existing = path.ancestors().find(|ancestor| ancestor.is_dir());
    existing.unwrap_or(Path::new("."))
}

/// Returns true unless files in `from` cannot be renamed into the directory `to`, because it is on
/// another file system or mount.
pub(crate) fn is_same_mount(from: &Path, to: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let device = |dir: &Path| dir.metadata().ok().map(|metadata| metadata.dev());
        if device(from) != device(to) {
            return false;
        }
    }
    mount_id(from) == mount_id(to)
}

/// In a directory with the sticky bit, only the superuser, the owner of a file and the owner of the
/// directory can replace the file.
fn foreign_owner_in_sticky_dir(target: &Target) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        const STICKY: u32 = 0o1000;

        let (file, dir) = (target.metadata.as_ref()?, target.dir().metadata().ok()?);
        let is_foreign = is_foreign(file.uid()) && is_foreign(dir.uid());
        (dir.mode() & STICKY != 0 && is_foreign).then_some(file.uid())
    }
    #[cfg(not(unix))]
    {
        let _ = target;
        None
    }
}

/// Returns true if this process belongs neither to `owner` nor to the superuser.
#[cfg(unix)]
pub(crate) fn is_foreign(owner: u32) -> bool {
    let user = rustix::process::geteuid();
    !user.is_root() && user.as_raw() != owner
}

/// Returns `None` if the operating system does not report it.
fn mount_id(dir: &Path) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
        let found = statx(CWD, dir, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
        let is_reported = found.stx_mask & StatxFlags::MNT_ID.bits() != 0;
        is_reported.then_some(found.stx_mnt_id)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = dir;
        None
    }
}
