//! Locks, bounded reads and atomic replacement for small files that several processes share.
//!
//! To change a shared file, acquire the lock, read the file again, and replace it. Readers without
//! the lock see the old content or the new content, never a mixture or a part.
//!
//! ```
//! use std::time::Duration;
//! use locked_file::{FileMode, LockedFile, WriteOptions, read_private, write_atomic};
//!
//! # let dir = tempfile::tempdir()?;
//! # let dir = dir.path();
//! let lock = LockedFile::acquire(&dir.join("counter.lock"), Duration::from_secs(30), |holder| {
//!     if let Some(holder) = holder {
//!         eprintln!("waiting for {holder}");
//!     }
//! })?;
//! let path = dir.join("counter");
//! let old = read_private(&path)?.map_or(0, |file| file.bytes.len());
//! write_atomic(&path, &vec![b'|'; old + 1], &WriteOptions::new(FileMode::Private))?;
//! drop(lock);
//!
//! assert_eq!(read_private(&path)?.unwrap().bytes, b"|");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! To write content that can be requested only once, such as a token, use [`PreparedWrite`]: create
//! the temporary file and reserve disk space before the request.
//!
//! To record events in a file that several processes extend, append them to a [`Journal`].
//!
//! A program that handles interrupts should call [`critical_section::wait_until_quiescent`] before
//! it exits, so that an interrupt does not end the process during a write.
//!
//! # Limits
//!
//! - A file of another user is refused only if the caller requests it: see [`ReadOptions`],
//!   [`LockedFile::acquire_own`] and [`check_own_dir`].
//! - The locks are advisory: they do not exclude processes that do not acquire them.
//! - A file that cannot be replaced, such as a mount point, is overwritten in place. A reader may
//!   then see a part of the new content.
//! - A replaced file keeps its mode, but not its owner, hard links, access control list or
//!   extended attributes.
//! - The whole content is held in memory. [`read_private`] rejects files larger than 1 MiB.
//! - On Windows, modes have no effect: files are as private as their directory. The holder of a
//!   lock is unknown there, since a locked file cannot be read.
//! - The timeout for a lock limits the sum of the pauses between attempts. On a busy machine the
//!   wait may take slightly longer, since no clock is read.

mod lock;
mod read;
mod remove;
mod write;

mod append;
mod attributes;
mod cause;
mod claim;
pub mod critical_section;
mod immutable;
mod in_place;
mod journal;
mod modes;
mod mount;
mod obstacle;
mod options;
mod owner;
mod private;
pub mod quarantine;
mod rewriting;
mod subject;
mod target;
mod temporary;

pub mod clock;
mod error;
mod holder;

pub use append::append_lines;
pub use claim::Claim;
pub use error::{LockError, Obstacle, ReadError, WriteError};
pub use holder::Holder;
pub use immutable::Immutable;
pub use journal::Journal;
pub use lock::LockedFile;
pub use modes::has_modes;
pub use mount::{is_mount_point, is_on_read_only_file_system};
pub use obstacle::can_replace_from;
pub use options::{Durability, FileMode, WriteOptions};
pub use owner::{ForeignOwner, explain_denied, foreign_owner};
pub use private::{
    check_own_dir, create_private_dir, is_write_denied, lacks_read_mode, make_readable,
    narrow_mode, remove_write_access,
};
pub use read::{
    HardLinks, InputFile, MAX_PIPE_WAIT, PrivateFile, ReadOptions, read_as_is, read_as_is_up_to,
    read_input, read_input_within, read_private, read_private_up_to, read_with,
};
pub use remove::{remove_file, remove_without_following};
pub use rewriting::read_rewritten;
pub use target::{is_descriptor, linked_file};
pub use temporary::{is_in_use, is_stale, temporary_files};
pub use write::{PreparedWrite, Written, write_atomic};

/// The README, included so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
