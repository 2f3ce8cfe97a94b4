//! Bounded reads of small files, which never block on pipes or devices.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use crate::error::ReadError;
use crate::owner::{check_owner, explain_denied};
use crate::private::{narrow_file, open_itself, open_without_blocking};

/// Default size limit, far above the size of the files that this crate is intended for.
const MAX_BYTES: u64 = 1 << 20;

/// The content of a private file.
#[derive(Debug)]
#[non_exhaustive]
pub struct PrivateFile {
    /// The content.
    pub bytes: Vec<u8>,
    /// The previous mode if permissions of group and others were removed.
    pub narrowed_from: Option<u32>,
}

/// Options of a read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReadOptions<'a> {
    /// Maximum size in bytes.
    pub limit: u64,
    /// If set, a file of another user is an error: its owner must be the effective user, root, or
    /// the owner of this directory. Has no effect on Windows.
    pub trusted_dir: Option<&'a Path>,
    /// If false, a symbolic link is an error.
    pub follows_links: bool,
    /// If true, permissions of group and others are removed from a file of the effective user.
    pub narrows_mode: bool,
}

impl<'a> ReadOptions<'a> {
    /// Returns the options of [`read_as_is`], for files whose owner must be trusted.
    #[must_use]
    pub fn trusting(trusted_dir: &'a Path) -> Self {
        Self {
            trusted_dir: Some(trusted_dir),
            ..AS_IS
        }
    }

    /// Sets the maximum size.
    #[must_use]
    pub fn up_to(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    /// Removes the permissions of group and others, like [`read_private`].
    #[must_use]
    pub fn narrowing(self) -> Self {
        Self {
            narrows_mode: true,
            ..self
        }
    }

    /// Rejects symbolic links.
    #[must_use]
    pub fn without_following(self) -> Self {
        Self {
            follows_links: false,
            ..self
        }
    }
}

const AS_IS: ReadOptions<'static> = ReadOptions {
    limit: MAX_BYTES,
    trusted_dir: None,
    follows_links: true,
    narrows_mode: false,
};

/// Reads the file at `path`; returns `None` if it does not exist.
///
/// # Errors
///
/// The same as [`read_private`]. The cause of an error is a
/// [`ForeignOwner`](crate::ForeignOwner) if the owner is not trusted or denies the access.
pub fn read_with(options: &ReadOptions<'_>, path: &Path) -> Result<Option<PrivateFile>, ReadError> {
    let read = read_open(options, path)?;
    Ok(read.map(|(bytes, file, metadata)| PrivateFile {
        bytes,
        narrowed_from: options
            .narrows_mode
            .then(|| narrow_file(&file, &metadata))
            .flatten(),
    }))
}

/// Reads the file at `path`, of at most 1 MiB; returns `None` if it does not exist.
///
/// Follows symbolic links. Never blocks: a pipe, a socket or a device is an error. Removes the
/// permissions of group and others from the file, if possible.
///
/// # Errors
///
/// Returns a [`ReadError`]. Its [`is_permanent`](ReadError::is_permanent) returns whether a retry
/// would fail too.
pub fn read_private(path: &Path) -> Result<Option<PrivateFile>, ReadError> {
    read_private_up_to(MAX_BYTES, path)
}

/// Reads a file of at most `limit` bytes like [`read_private`].
///
/// # Errors
///
/// The same as [`read_private`].
pub fn read_private_up_to(limit: u64, path: &Path) -> Result<Option<PrivateFile>, ReadError> {
    read_with(&AS_IS.up_to(limit).narrowing(), path)
}

/// Reads a file like [`read_private`], but leaves its mode unchanged.
///
/// # Errors
///
/// The same as [`read_private`].
pub fn read_as_is(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    Ok(read_open(&AS_IS, path)?.map(|(bytes, ..)| bytes))
}

fn read_open(
    options: &ReadOptions<'_>,
    path: &Path,
) -> Result<Option<(Vec<u8>, File, Metadata)>, ReadError> {
    let limit = options.limit;
    let unreadable = |source| ReadError::unreadable(path, explain_denied(path, source));
    let opened = if options.follows_links {
        open_without_blocking(path)
    } else {
        open_itself(path)
    };
    let file = match opened {
        Err(error) if means_missing(&error) => return Ok(None),
        // A socket cannot be opened, and a link cannot be opened without following it.
        Err(_) if is_special(path) || !options.follows_links && path.is_symlink() => {
            return Err(ReadError::NotAFile {
                path: path.to_owned(),
            });
        }
        opened => opened.map_err(unreadable)?,
    };
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile {
            path: path.to_owned(),
        });
    }
    if let Some(trusted_dir) = options.trusted_dir {
        check_owner(path, &metadata, trusted_dir).map_err(unreadable)?;
    }
    let bytes = read_at_most(limit, &file, metadata.len()).map_err(unreadable)?;
    let bytes = bytes.ok_or_else(|| ReadError::TooLarge {
        path: path.to_owned(),
        limit,
    })?;
    Ok(Some((bytes, file, metadata)))
}

/// A path below a regular file counts as missing.
fn means_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Returns true for a socket, pipe, device or directory.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// Returns `None` if `file` is longer than `limit`. `length` is the expected length.
fn read_at_most(limit: u64, file: &File, length: u64) -> io::Result<Option<Vec<u8>>> {
    // One more byte, so that the last read finds the end of the file without growing the buffer.
    let capacity = usize::try_from(length.min(limit) + 1).expect("the limit fits any platform");
    let mut bytes = Vec::with_capacity(capacity);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    let fits = bytes.len() as u64 <= limit;
    Ok(fits.then_some(bytes))
}
