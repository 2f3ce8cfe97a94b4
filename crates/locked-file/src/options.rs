//! Options of a write: the mode of the file, its durability, and the directory for temporary files.

use std::path::Path;

/// Options of a write.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WriteOptions<'a> {
    /// Mode of the new file.
    pub mode: FileMode,
    /// Durability after a system crash.
    pub durability: Durability,
    /// Directory for the temporary file, created if it is missing; `None` for the directory of the
    /// file. The directory of the file is also used if the path is a symbolic link, or if files
    /// cannot be renamed from `scratch` to it, for example to another file system.
    pub scratch: Option<&'a Path>,
    /// If false, a symbolic link is replaced, and not its target.
    pub follows_links: bool,
}

/// Mode of the new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileMode {
    /// The mode of the old file; 0600 if there is none.
    Preserve,
    /// 0600, regardless of the mode of the old file.
    Private,
}

/// Durability after a system crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The content and the directory entry are flushed to disk before the write returns.
    Synced,
    /// Nothing is flushed: after a crash the file may be empty or incomplete. Use this for content
    /// that can be requested again.
    Relaxed,
}

impl<'a> WriteOptions<'a> {
    /// Returns options with [`Durability::Synced`] and the temporary file in the directory of the
    /// file.
    #[must_use]
    pub fn new(mode: FileMode) -> Self {
        Self {
            mode,
            durability: Durability::Synced,
            scratch: None,
            follows_links: true,
        }
    }

    /// Sets the durability.
    #[must_use]
    pub fn durability(self, durability: Durability) -> Self {
        Self { durability, ..self }
    }

    /// Sets the directory for the temporary file.
    #[must_use]
    pub fn scratch(self, dir: &'a Path) -> Self {
        let scratch = Some(dir);
        Self { scratch, ..self }
    }

    /// Replaces a symbolic link instead of its target.
    #[must_use]
    pub fn without_following(self) -> Self {
        Self {
            follows_links: false,
            ..self
        }
    }
}
