//! Bounded reads of small files, which never block on pipes or devices.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use crate::error::ReadError;
use crate::owner::{check_owner, explain_denied};
use crate::private::{is_pipe, narrow_known, open_itself, open_without_blocking, wait_for_data};

/// Default size limit, far above the size of the files that this crate is intended for.
pub(crate) const MAX_BYTES: u64 = 1 << 20;

/// Maximum wait of [`read_input`] for the next data of a pipe.
pub const MAX_PIPE_WAIT: Duration = Duration::from_secs(60);

/// The content of a private file.
#[derive(Debug)]
#[non_exhaustive]
pub struct PrivateFile {
    /// The content.
    pub bytes: Vec<u8>,
    /// The previous mode if permissions of group and others were removed.
    pub narrowed_from: Option<u32>,
    /// The number of hard links to the file. Always 1 on Windows.
    pub hard_links: u64,
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
    /// If true, permissions of group and others are removed from a file of the effective user, but
    /// not through a symbolic link.
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
    Ok(read.map(|(bytes, metadata)| PrivateFile {
        bytes,
        narrowed_from: options
            .narrows_mode
            .then(|| narrow_known(path, &metadata))
            .flatten(),
        hard_links: hard_links(&metadata),
    }))
}

/// Reads the file at `path`, of at most 1 MiB; returns `None` if it does not exist.
///
/// Follows symbolic links. Never blocks: a pipe, a socket or a device is an error. Removes the
/// permissions of group and others from the file, if possible, but not through a symbolic link.
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
    read_as_is_up_to(MAX_BYTES, path)
}

/// Reads a file of at most `limit` bytes like [`read_as_is`].
///
/// # Errors
///
/// The same as [`read_private`].
pub fn read_as_is_up_to(limit: u64, path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    Ok(read_open(&AS_IS.up_to(limit), path)?.map(|(bytes, ..)| bytes))
}

/// Reads at most `limit` bytes of an input that the user selected: a regular file, a device such as
/// `/dev/null`, or a pipe such as that of the process substitution `<(COMMAND)`.
///
/// Follows symbolic links, and leaves the mode unchanged. Reads a pipe until the processes that
/// write to it have closed it. Does not wait for a first writer, and waits for at most
/// [`MAX_PIPE_WAIT`] for the next data.
///
/// # Errors
///
/// [`ReadError::NoWriter`] if the input is a pipe without data and without a writer;
/// [`ReadError::TooLarge`]; [`ReadError::LinkLoop`]; [`ReadError::Unreadable`], also if the file does
/// not exist, or is a socket or a directory.
pub fn read_input(limit: u64, path: &Path) -> Result<InputFile, ReadError> {
    read_input_within(MAX_PIPE_WAIT, limit, path)
}

/// The content of an input that the user selected.
#[derive(Debug)]
#[non_exhaustive]
pub struct InputFile {
    /// The content.
    pub bytes: Vec<u8>,
    /// False if a second read may find another content: for a pipe, and for a device that is not empty
    /// like `/dev/null`.
    pub can_be_read_again: bool,
}

/// Reads an input like [`read_input`], but waits for at most `timeout` for the next data of a pipe.
///
/// # Errors
///
/// The same as [`read_input`].
pub fn read_input_within(
    timeout: Duration,
    limit: u64,
    path: &Path,
) -> Result<InputFile, ReadError> {
    let unreadable = |source| ReadError::unreadable(path, explain_denied(path, source));
    let file = open_without_blocking(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let is_pipe = is_pipe(&metadata);
    let input = Input {
        file: &file,
        timeout: is_pipe.then_some(timeout),
    };
    let bytes = read_within(limit, path, input, metadata.len())?;
    if bytes.is_empty() && is_pipe {
        let path = path.to_owned();
        return Err(ReadError::NoWriter { path });
    }
    Ok(InputFile {
        can_be_read_again: metadata.is_file() || bytes.is_empty(),
        bytes,
    })
}

/// File that was opened without blocking, whose reads wait for data.
struct Input<'a> {
    file: &'a File,
    /// Maximum wait for data, if there is one.
    timeout: Option<Duration>,
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait_for_data(self.file, self.timeout)?;
                }
                read => return read,
            }
        }
    }
}

fn read_open(
    options: &ReadOptions<'_>,
    path: &Path,
) -> Result<Option<(Vec<u8>, Metadata)>, ReadError> {
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
    let bytes = read_within(limit, path, &file, metadata.len())?;
    Ok(Some((bytes, metadata)))
}

/// Number of names that lead to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HardLinks {
    /// Device and inode, which are equal for two names of one file.
    pub file: (u64, u64),
    /// Number of names, at least 1.
    pub count: u64,
}

impl HardLinks {
    /// Returns the number of names of the regular file at `path`. Follows symbolic links. Always `None`
    /// on Windows.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let found = fs::metadata(path).ok().filter(Metadata::is_file)?;
            Some(Self {
                file: (found.dev(), found.ino()),
                count: found.nlink(),
            })
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            None
        }
    }
}

#[cfg(unix)]
fn hard_links(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn hard_links(_: &Metadata) -> u64 {
    1
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

fn read_within(
    limit: u64,
    path: &Path,
    input: impl Read,
    length: u64,
) -> Result<Vec<u8>, ReadError> {
    let bytes = read_at_most(limit, input, length);
    let bytes = bytes.map_err(|source| ReadError::unreadable(path, source))?;
    bytes.ok_or_else(|| ReadError::TooLarge {
        path: path.to_owned(),
        limit,
    })
}

/// Returns `None` if `input` is longer than `limit`. `length` is the expected length.
pub(crate) fn read_at_most(
    limit: u64,
    mut input: impl Read,
    length: u64,
) -> io::Result<Option<Vec<u8>>> {
    // One more byte, so that the second read finds the end of the file.
    let expected = usize::try_from(length.min(limit) + 1).expect("the limit fits any platform");
    let mut bytes = vec![0; expected];
    let count = fill(&mut input, &mut bytes)?;
    bytes.truncate(count);
    if count == expected {
        let rest = (limit + 1).saturating_sub(expected as u64);
        input.take(rest).read_to_end(&mut bytes)?;
    }
    let fits = bytes.len() as u64 <= limit;
    Ok(fits.then_some(bytes))
}

/// Reads until `buffer` is full or the input ends, in one call for a file whose length is known.
/// Returns the number of bytes.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match input.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}
