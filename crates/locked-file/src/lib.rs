//! Small files that several programs share: locked, read, and replaced as a whole.
//!
//! One change of a shared file is one step: take the lock, read the file again, decide, and
//! replace it. Whoever reads without the lock sees the old file or the new one, never a part.
//!
//! ```
//! use std::time::Duration;
//! use locked_file::{FileMode, LockedFile, WriteOptions, read_private, write_atomic};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let lock = LockedFile::acquire(&folder.join("counter.lock"), Duration::from_secs(30), |holder| {
//!     if let Some(holder) = holder {
//!         eprintln!("waiting for {holder}");
//!     }
//! })?;
//! let path = folder.join("counter");
//! let old = read_private(&path)?.map_or(0, |file| file.bytes.len());
//! write_atomic(&path, &vec![b'|'; old + 1], &WriteOptions::new(FileMode::Private))?;
//! drop(lock);
//!
//! assert_eq!(read_private(&path)?.unwrap().bytes, b"|");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where a file must not be left half done by Ctrl-C either, the thread that handles the signal
//! calls [`wait_until_interruptible`] before it ends the process.
//!
//! # Limits
//!
//! - The locks are advisory: who does not ask for them is not kept out.
//! - A replaced file keeps its mode, but not its owner, hard links, access control list or
//!   extended attributes.
//! - The whole content is held in memory, and [`read_private`] refuses more than 1 MiB.
//! - On Windows modes mean nothing: files are as private as the folder they are in. The holder
//!   of a lock cannot be named there either, since a locked file cannot be read.

mod lock;
mod read;
mod remove;
mod write;

mod append;
mod aside;
mod interrupt;
mod private;
mod target;
mod temporary;

mod error;

pub use append::append;
pub use aside::{files_set_aside, set_aside};
pub use error::{LockError, ReadError, WriteError};
pub use interrupt::{Interruptible, Uninterrupted, wait_until_interruptible};
pub use lock::{Holder, LockedFile};
pub use private::{create_private_folder, narrow_mode};
pub use read::{PrivateFile, read_as_is, read_private, read_private_up_to};
pub use remove::remove_file;
pub use temporary::temporary_files;
pub use write::{Durability, FileMode, PreparedWrite, WriteOptions, write_atomic};
