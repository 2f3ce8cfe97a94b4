//! Attributes of files.

use std::path::Path;

/// Attributes of a file that the operating system reports.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) is_immutable: bool,
    pub(crate) is_append_only: bool,
    pub(crate) is_mount_point: bool,
}

impl Attributes {
    /// Follows symbolic links.
    pub(crate) fn of(path: &Path) -> Self {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
            if let Ok(found) = statx(CWD, path, AtFlags::empty(), StatxFlags::empty()) {
                let attributes = found.stx_attributes & found.stx_attributes_mask;
                return Self {
                    is_immutable: attributes.contains(StatxAttributes::IMMUTABLE),
                    is_append_only: attributes.contains(StatxAttributes::APPEND),
                    is_mount_point: attributes.contains(StatxAttributes::MOUNT_ROOT),
                };
            }
        }
        let _ = path;
        Self::default()
    }
}
