//! What a person might want to hear, though nothing failed.

use std::path::PathBuf;

use locked_file::Holder;

/// Something that happened on the way; see [`TokenCache::with_notices`](crate::TokenCache::with_notices).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Somebody else has the lock: a wait begins.
    Waiting {
        /// The lock file.
        path: PathBuf,
        /// Who has the lock, where the file tells.
        holder: Option<Holder>,
    },
    /// The file system has no locks: nobody is kept from doing the same at the same time.
    LocksUnsupported {
        /// The lock file.
        path: PathBuf,
    },
    /// Others could read a file or look into a folder, and no longer can.
    ModeNarrowed {
        /// The file or folder.
        path: PathBuf,
        /// Its former mode.
        from: u32,
    },
    /// A damaged file has made way for a new one.
    SetAside {
        /// Where it was.
        path: PathBuf,
        /// Where it is now.
        to: PathBuf,
    },
}
