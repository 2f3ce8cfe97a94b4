//! Bounded reads of small files, which never block on pipes or devices.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use crate::error::ReadError;
use crate::private::{narrow_file, open_without_blocking};

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
    let read = read_open(limit, path)?;
    Ok(read.map(|(bytes, file, metadata)| PrivateFile {
        bytes,
        narrowed_from: narrow_file(&file, &metadata),
    }))
}

/// Reads a file like [`read_private`], but leaves its mode unchanged.
///
/// # Errors
///
/// The same as [`read_private`].
pub fn read_as_is(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    Ok(read_open(MAX_BYTES, path)?.map(|(bytes, ..)| bytes))
}

fn read_open(limit: u64, path: &Path) -> Result<Option<(Vec<u8>, File, Metadata)>, ReadError> {
    let unreadable = |source| ReadError::unreadable(path, source);
    let file = match open_without_blocking(path) {
        Err(error) if means_missing(&error) => return Ok(None),
        // A socket cannot be opened.
        Err(_) if is_special(path) => {
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
