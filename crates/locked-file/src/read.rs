//! Reading a small file, whatever has been put in its place.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use crate::ReadError;
use crate::private::{narrow_file, open_without_blocking};

/// Far more than anything that is kept in such a file.
const LARGEST: u64 = 1 << 20;

/// A file for its owner's eyes.
#[derive(Debug)]
#[non_exhaustive]
pub struct PrivateFile {
    /// The content.
    pub bytes: Vec<u8>,
    /// The mode before it was narrowed, where others could read or write the file.
    pub narrowed_from: Option<u32>,
}

/// Reads the file at `path`, of at most 1 MiB; `None` where there is none. Follows symbolic links,
/// and returns at once whatever is there: a pipe or a device is an error, no wait.
///
/// A mode that lets others in is narrowed on the way where this process may do so.
///
/// # Errors
///
/// A [`ReadError`], which tells a file that is wrong as such
/// ([`ReadError::is_lasting`]) from a moment that is.
pub fn read_private(path: &Path) -> Result<Option<PrivateFile>, ReadError> {
    read_private_up_to(LARGEST, path)
}

/// Reads a file as [`read_private`] does, of at most `limit` bytes.
///
/// # Errors
///
/// As [`read_private`].
pub fn read_private_up_to(limit: u64, path: &Path) -> Result<Option<PrivateFile>, ReadError> {
    let read = read_open(limit, path)?;
    Ok(read.map(|(bytes, file, metadata)| PrivateFile {
        bytes,
        narrowed_from: narrow_file(&file, &metadata),
    }))
}

/// Reads a file as [`read_private`] does, and leaves its mode as it is.
///
/// # Errors
///
/// As [`read_private`].
pub fn read_as_is(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    Ok(read_open(LARGEST, path)?.map(|(bytes, ..)| bytes))
}

fn read_open(limit: u64, path: &Path) -> Result<Option<(Vec<u8>, File, Metadata)>, ReadError> {
    let unreadable = |source| ReadError::unreadable(path, source);
    let file = match open_without_blocking(path) {
        Err(error) if means_absent(&error) => return Ok(None),
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

/// Where a file stands in the way of a folder, there is nothing below it either.
fn means_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Reads `file`, or returns `None` where it is longer than `limit`.
fn read_at_most(limit: u64, file: &File, length: u64) -> io::Result<Option<Vec<u8>>> {
    // One byte more, so that the end is met without growing.
    let capacity = usize::try_from(length.min(limit) + 1).expect("the limit fits any platform");
    let mut bytes = Vec::with_capacity(capacity);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    let fits = bytes.len() as u64 <= limit;
    Ok(fits.then_some(bytes))
}
